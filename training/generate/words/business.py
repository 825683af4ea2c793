"""Words of offices, shops and general knowledge, by hand. Nobody here is a private person.

PUBLIC: people, works and places that everybody may ask about; they stay unlabelled as subjects of general questions.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(";") if part.strip())


PUBLIC_FIGURES = _split("""
Albert Einstein; Isaac Newton; Marie Curie; Charles Darwin; Galileo Galilei; Nikola Tesla; Ada Lovelace; Alan Turing; Grace Hopper;
Stephen Hawking; Rosalind Franklin; Louis Pasteur; Alexander Fleming; Gregor Mendel; Johannes Kepler; Michael Faraday; James Clerk Maxwell;
Niels Bohr; Erwin Schrödinger; Richard Feynman; Carl Sagan; Jane Goodall; Katherine Johnson; Florence Nightingale; Edward Jenner; Jonas Salk;
Hippocrates; Aristotle; Plato; Socrates; Confucius; Immanuel Kant; Friedrich Nietzsche; René Descartes; John Locke; David Hume; Karl Marx;
Adam Smith; John Maynard Keynes; Milton Friedman; Sigmund Freud; Carl Jung; William Shakespeare; Jane Austen; Charles Dickens; Mark Twain;
Leo Tolstoy; Fyodor Dostoevsky; Virginia Woolf; James Joyce; Franz Kafka; Ernest Hemingway; F. Scott Fitzgerald; George Orwell; Agatha Christie;
J. R. R. Tolkien; J. K. Rowling; Stephen King; Toni Morrison; Gabriel García Márquez; Pablo Neruda; Emily Dickinson; Robert Frost; Homer; Dante;
Miguel de Cervantes; Victor Hugo; Jules Verne; Mary Shelley; Edgar Allan Poe; Harper Lee; Maya Angelou; Chinua Achebe; Haruki Murakami;
Leonardo da Vinci; Michelangelo; Raphael; Vincent van Gogh; Claude Monet; Pablo Picasso; Frida Kahlo; Salvador Dalí; Rembrandt; Johannes Vermeer;
Andy Warhol; Georgia O'Keeffe; Edvard Munch; Gustav Klimt; Auguste Rodin; Frank Lloyd Wright; Le Corbusier; Zaha Hadid; Antoni Gaudí;
Wolfgang Amadeus Mozart; Ludwig van Beethoven; Johann Sebastian Bach; Frédéric Chopin; Pyotr Tchaikovsky; Antonio Vivaldi; Giuseppe Verdi;
Richard Wagner; Louis Armstrong; Miles Davis; Elvis Presley; John Lennon; Paul McCartney; Bob Dylan; David Bowie; Freddie Mercury; Michael Jackson;
Madonna; Beyoncé; Taylor Swift; Adele; Rihanna; Bob Marley; Jimi Hendrix; Aretha Franklin; Ella Fitzgerald; Johnny Cash; Dolly Parton; Prince;
George Washington; Abraham Lincoln; Thomas Jefferson; Benjamin Franklin; Alexander Hamilton; Theodore Roosevelt; Franklin D. Roosevelt;
John F. Kennedy; Ronald Reagan; Barack Obama; Bill Clinton; Jimmy Carter; Harriet Tubman; Frederick Douglass; Martin Luther King Jr.; Rosa Parks;
Malcolm X; Susan B. Anthony; Eleanor Roosevelt; Winston Churchill; Margaret Thatcher; Queen Victoria; Queen Elizabeth II; Henry VIII; Napoleon Bonaparte;
Charles de Gaulle; Joan of Arc; Louis XIV; Marie Antoinette; Otto von Bismarck; Angela Merkel; Nelson Mandela; Desmond Tutu; Mahatma Gandhi;
Jawaharlal Nehru; Indira Gandhi; Mother Teresa; the Dalai Lama; Mao Zedong; Sun Yat-sen; Genghis Khan; Kublai Khan; Emperor Hirohito; Simón Bolívar;
Che Guevara; Fidel Castro; Eva Perón; Vladimir Lenin; Joseph Stalin; Mikhail Gorbachev; Catherine the Great; Peter the Great; Julius Caesar; Augustus;
Marcus Aurelius; Cleopatra; Alexander the Great; Hannibal; Ramesses II; Tutankhamun; Charlemagne; William the Conqueror; Richard the Lionheart; Saladin;
Christopher Columbus; Marco Polo; Ferdinand Magellan; Vasco da Gama; James Cook; Ernest Shackleton; Roald Amundsen; Edmund Hillary; Amelia Earhart;
Charles Lindbergh; Neil Armstrong; Buzz Aldrin; Yuri Gagarin; Sally Ride; Valentina Tereshkova; the Wright brothers; Henry Ford; Thomas Edison;
Alexander Graham Bell; Andrew Carnegie; John D. Rockefeller; Steve Jobs; Bill Gates; Tim Berners-Lee; Linus Torvalds; Warren Buffett; Elon Musk; Jeff Bezos;
Walt Disney; Charlie Chaplin; Alfred Hitchcock; Stanley Kubrick; Steven Spielberg; Martin Scorsese; Hayao Miyazaki; Akira Kurosawa; Audrey Hepburn;
Marilyn Monroe; Meryl Streep; Tom Hanks; Denzel Washington; Bruce Lee; Muhammad Ali; Pelé; Diego Maradona; Lionel Messi; Cristiano Ronaldo; Serena Williams;
Roger Federer; Michael Jordan; LeBron James; Babe Ruth; Jackie Robinson; Tiger Woods; Usain Bolt; Simone Biles; Michael Phelps; Jesse Owens; Wayne Gretzky;
Tom Brady; Ayrton Senna; Michael Schumacher; Lewis Hamilton; Billie Jean King; Sachin Tendulkar; Jacques Cousteau; Julia Child; Oprah Winfrey
""")

LANDMARKS = _split("""
the Eiffel Tower; the Louvre; Notre-Dame; the Colosseum; the Sistine Chapel; the Leaning Tower of Pisa; Big Ben; Stonehenge; Buckingham Palace; Tower Bridge;
the Statue of Liberty; the Empire State Building; the Golden Gate Bridge; Mount Rushmore; the Grand Canyon; Yellowstone; Yosemite; Niagara Falls; Times Square;
the White House; the Taj Mahal; the Great Wall of China; the Forbidden City; Mount Everest; Mount Fuji; Angkor Wat; Machu Picchu; Chichen Itza; Christ the Redeemer;
the Amazon; the Nile; the Sahara; the Pyramids of Giza; the Sphinx; Petra; the Acropolis; the Parthenon; Hagia Sophia; the Kremlin; Red Square; the Brandenburg Gate;
Neuschwanstein; the Matterhorn; the Alhambra; Sagrada Família; the Sydney Opera House; Uluru; the Great Barrier Reef; Table Mountain; Kilimanjaro; Victoria Falls;
the Panama Canal; the Suez Canal; Loch Ness; Versailles; the Berlin Wall; the Burj Khalifa; the Dead Sea; Lake Baikal; the Mariana Trench; Pompeii
""")

CITIES_KNOWN = _split("""
Paris; London; Rome; Tokyo; Berlin; Madrid; Vienna; Cairo; Athens; Moscow; Beijing; Delhi; Mumbai; Sydney; New York; Los Angeles; Chicago; Lisbon; Dublin; Prague;
Budapest; Istanbul; Nairobi; Buenos Aires; Rio de Janeiro; Mexico City; Toronto; Seoul; Bangkok; Jakarta; Amsterdam; Brussels; Stockholm; Oslo; Helsinki; Warsaw;
Canberra; Ottawa; Reykjavik; Havana; Lima; Jerusalem; Singapore; Hong Kong; Venice; Florence; Constantinople; Carthage; Babylon; Troy; Sparta
""")

COUNTRIES_KNOWN = _split("""
France; Germany; Italy; Spain; Portugal; Japan; China; India; Brazil; Argentina; Peru; Chile; Mexico; Canada; Australia; New Zealand; Egypt; Kenya; Ghana; Morocco;
South Africa; Turkey; Greece; Norway; Sweden; Finland; Iceland; Ireland; Poland; Hungary; Vietnam; Thailand; Indonesia; Mongolia; Kazakhstan; Bolivia; Cuba; Georgia;
Jordan; Chad
""")

STATES_KNOWN = _split("""
Texas; Virginia; Alaska; Hawaii; Bavaria; Scotland; Wales; Catalonia; California; Montana; Ontario; Queensland; Tuscany; Normandy
""")

WORKS = _split("""
Hamlet; Macbeth; Romeo and Juliet; Pride and Prejudice; Moby-Dick; The Great Gatsby; War and Peace; Don Quixote; The Odyssey; The Iliad; Frankenstein; Dracula;
Jane Eyre; Madame Bovary; Anna Karenina; 1984; Brave New World; To Kill a Mockingbird; The Hobbit; Harry Potter; Oliver Twist; The Mona Lisa; Starry Night; Guernica;
The Last Supper; The Scream; The Magic Flute; Carmen; Swan Lake; Bohemian Rhapsody; Citizen Kane; Casablanca; The Godfather; Star Wars; Jaws; Titanic; Forrest Gump;
Schindler's List; Jurassic Park; Toy Story; The Simpsons; Friends; Seinfeld; Breaking Bad; Sherlock Holmes; James Bond; Robin Hood; King Arthur; Winnie-the-Pooh;
Peter Pan; Alice in Wonderland; Snow White; Superman; Batman
""")

BRANDS = _split("""
Microsoft; Apple; Google; Amazon; Toyota; Ford; General Motors; Boeing; Airbus; Coca-Cola; Pepsi; McDonald's; Starbucks; Nike; Adidas; IKEA; Samsung; Sony; Nintendo;
Netflix; Spotify; Visa; Mastercard; PayPal; Tesla; BMW; Volkswagen; Mercedes-Benz; Honda; Lego; Disney; Intel; IBM; Oracle; Siemens; Nestlé; Unilever; Pfizer; Bayer;
Levi's; Gillette; Kellogg's; Heinz; Walmart; Costco; FedEx; UPS; Uber; Airbnb; Rolex; Ray-Ban; Wilson; Bosch; Philips; Johnson & Johnson
""")

SOFTWARE = _split("""
Excel; Outlook; Teams; SharePoint; Salesforce; SAP; Workday; Jira; Confluence; Slack; Zoom; ServiceNow; Epic; Cerner; Tableau; Power BI; QuickBooks; Photoshop; AutoCAD;
Docker; Kubernetes; Jenkins; Grafana; Prometheus; Kafka; Redis; Postgres; MySQL; MongoDB; Spark; Airflow; Terraform; Ansible; Nginx; Apache; Git; GitLab; Django; Flask;
React; Angular; Vue; Rust; Python; Ruby; Julia; Perl; Scala; Swift; Pascal; Ada; Haskell; Jupyter; Pandas; NumPy; PyTorch; Hugging Face; Claude; Siri; Alexa; Watson;
Cortana; Bard; Gemini; Mistral; Llama; Windows 11; macOS Sonoma; Ubuntu 24.04; Debian Bookworm; Android 15; Chrome; Firefox; Edge; Safari; VPN client; the MFA app
""")

PRODUCTS = _split("""
espresso machine; standing desk; noise-cancelling headphones; robot vacuum; air fryer; cordless drill; electric kettle; running shoes; winter jacket; office chair;
laptop sleeve; wireless mouse; 4K monitor; inkjet printer; toner cartridge; garden hose; patio heater; bath towel set; baby stroller; car seat; bike helmet; yoga mat;
blender; stand mixer; cast iron pan; LED bulb; smoke detector; router; tablet; phone case; smart watch; Hunter ceiling fan; Grace sofa; Madison dresser; Austin bookcase;
Lincoln desk lamp; Savannah rug; Oliver armchair; Stella bar stool; Jackson work boots; Paris bistro table; Georgia quilt; Carter toolbox; Brooklyn bed frame
""")

DEPARTMENTS = _split("""
Human Resources; Payroll; Accounts Payable; Accounts Receivable; Legal; Compliance; Procurement; Engineering; Quality Assurance; Customer Success; Marketing; Sales Operations;
Information Security; IT Service Desk; Facilities; Internal Audit; Treasury; Underwriting; Claims; Collections; Fraud Prevention; Loan Servicing; Member Services; Logistics;
Warehouse; Customs Brokerage; Product Management; Research and Development; Finance; Corporate Communications
""")

JOBS = _split("""
software engineer; data analyst; account manager; warehouse supervisor; forklift operator; truck driver; registered nurse; physical therapist; teacher; electrician; plumber;
carpenter; paralegal; attorney; accountant; bookkeeper; loan officer; mortgage broker; bank teller; claims adjuster; underwriter; HR business partner; recruiter;
marketing specialist; product manager; sales representative; store manager; cashier; line cook; chef; bartender; barista; security guard; police officer; firefighter;
paramedic; mechanic; machine operator; architect; civil engineer; project manager; graphic designer; copywriter; journalist; translator; research assistant; pharmacist;
dental hygienist; social worker; school principal; librarian; dispatcher; customs broker; flight attendant; pilot; farmer; janitor; hairdresser; real estate agent
""")

FILES = _split("""
report_final_v2.docx; budget.xlsx; invoice_template.pdf; q3_forecast.xlsx; meeting-notes.md; release_notes.txt; config.yaml; schema.sql; main.py; index.html; README.md;
logo.png; deck_v5.pptx; policy_handbook.pdf; onboarding_checklist.docx; inventory.csv; price_list_2024.csv; export.json; backup.tar.gz; Dockerfile; terms.pdf; roadmap.key;
survey_results.csv; audit_log.txt; holiday_calendar.ics; brand_guide.pdf
""")

TOPICS = _split("""
compound interest; photosynthesis; plate tectonics; the water cycle; supply and demand; inflation; machine learning; blockchain; renewable energy; the French Revolution;
the Cold War; the Industrial Revolution; the Roman Empire; quantum mechanics; relativity; evolution; vaccines; antibiotics; the human heart; diabetes prevention;
mortgage refinancing; credit scores; index funds; tax brackets; remote work; time management; public speaking; negotiation; lean manufacturing; agile development;
unit testing; database normalisation; recursion; sorting algorithms; the Pythagorean theorem; probability; statistics; linear algebra; prime numbers; climate change;
recycling; gardening; composting; bread baking; chess openings; the offside rule; meditation; sleep hygiene; strength training; the Renaissance; jazz; impressionism
""")

BUSINESS: dict[str, tuple[str, ...]] = {
    "famous": PUBLIC_FIGURES,
    "landmark": LANDMARKS,
    "known_city": CITIES_KNOWN,
    "known_country": (*(f"<<COUNTRY:{name}>>" for name in COUNTRIES_KNOWN), *STATES_KNOWN),
    "work": WORKS,
    "brand": BRANDS,
    "software": SOFTWARE,
    "product": PRODUCTS,
    "department": DEPARTMENTS,
    "job": JOBS,
    "file_name": FILES,
    "topic": TOPICS,
}
