"""What tests of the whole gateway share: a home with documents, a scripted vendor, a running gateway."""
