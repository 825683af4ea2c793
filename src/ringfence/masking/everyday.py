"""English words that are names too: alone, without a title before them, they are taken for the word."""

from __future__ import annotations

_WORDS = """
able acute african agent ali allergy alpha amber american angel april arm art asia assessment august autumn back
bay beach beam bean bench best bill bird black blank bliss block blood bloom blue board body bond bone bow bowel
bowl box boy branch brand brass bread breast brown buck bull burns bush can care case cash castle cat chance
chest chronic church city clinic cloud coach college colon cool corn cotton county court dawn day days dear
december diagnosis diamond discharge doctor dose dove downs dust eagle earl early east eden ever eye faith fall
falls family father feather february felt female field fine first fish flood forest fort fountain fox free
french friday friend frost garden gay gem general gentry german ginger glass gold golden good grace grand grant
grave gray green grey guy hall ham hand hands harbor hart harvest head heart held hill hills hook hope hospital
house husband ice iris island january job joint joy judge july june justice keys kind king kiss lab labs lake
lamb land large lark last law leaf left leg lily limb lime line link little liver long lord love low luck lucky
lung main major male man march mark marks mass master may meadow med meds mercy mild miles mill mine mint mode
monday moon more morning moss mother mount mountain mouth nail name near negative new nice noon normal north
note november nurse oak october old olive oral orange order pain park part past patience patient peach pearl
penny pepper pike pine place plain plan pleasant point pole pond pool poole port positive post pound pride prior
prose provider queen quick rain ray reason red renal results rich right rigs ring rivers rock rod rose rule rush
sage salt sandy saturday seal see self sept september sharp ship shore short silver singer sister skin sky small
smart snow sole son song speed spouse spring springs stable stack star starr state status steel sterling still
stone street strong sugar sum summer summers sun sunday sunny sweet tab tablet tail tailor tall temp temple test
tester thorn thursday tiger till today town trace trip true tuesday tulip valley van vein victor wall walls ward
warm washington water waters way wednesday weeks west wheel white wife wild will wills winter wise wood woods
word worth yarn year young
"""
EVERYDAY = frozenset(_WORDS.split())
"""In small letters."""
