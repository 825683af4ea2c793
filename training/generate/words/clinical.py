"""Words of medicine, none of which identifies anybody: what a tagger must learn to leave alone.

Eponyms and places inside names of diseases, signs, scores and trials matter most here: they stand where a name would.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


EPONYMS = _words("""
Crohn's disease, Graves' disease, Graves disease, Hashimoto's thyroiditis, Parkinson's disease, Parkinson disease, Alzheimer's disease, Alzheimer's
Huntington's disease, Hodgkin lymphoma, Hodgkin's disease, non-Hodgkin lymphoma, Addison's disease, Cushing's syndrome, Cushing's disease
Kawasaki disease, Wilson's disease, Wilson disease, Paget's disease, Raynaud's phenomenon, Raynaud's, Sjögren's syndrome, Sjogren syndrome
Behçet's disease, Behcet disease, Takayasu arteritis, Bell's palsy, Ménière's disease, Meniere's disease, Tourette syndrome, Asperger syndrome
Down syndrome, Turner syndrome, Klinefelter syndrome, Marfan syndrome, Ehlers-Danlos syndrome, Guillain-Barré syndrome, Guillain-Barre
Lambert-Eaton syndrome, Brugada syndrome, Wolff-Parkinson-White, Stevens-Johnson syndrome, Reye syndrome, Lynch syndrome, Li-Fraumeni syndrome
Peutz-Jeghers syndrome, Zollinger-Ellison syndrome, Mallory-Weiss tear, Boerhaave syndrome, Barrett's esophagus, Barrett esophagus
Budd-Chiari syndrome, Gilbert's syndrome, Gilbert syndrome, Dubin-Johnson syndrome, Crigler-Najjar syndrome, Alport syndrome, Goodpasture syndrome
Berger disease, Fanconi anemia, Bartter syndrome, Gitelman syndrome, Liddle syndrome, Conn's syndrome, Gaucher disease, Fabry disease
Pompe disease, Tay-Sachs disease, Niemann-Pick disease, Hurler syndrome, Hunter syndrome, Krabbe disease, von Willebrand disease
von Hippel-Lindau disease, Duchenne muscular dystrophy, Becker muscular dystrophy, Charcot-Marie-Tooth disease, Friedreich ataxia
Werdnig-Hoffmann disease, Lou Gehrig's disease, Creutzfeldt-Jakob disease, Lewy body dementia, Wernicke encephalopathy, Korsakoff syndrome
Rett syndrome, Angelman syndrome, Prader-Willi syndrome, Williams syndrome, DiGeorge syndrome, Noonan syndrome, Edwards syndrome, Patau syndrome
Kaposi sarcoma, Ewing sarcoma, Wilms tumor, Burkitt lymphoma, Waldenström macroglobulinemia, Sézary syndrome, Merkel cell carcinoma
Bowen disease, Warthin tumor, Brenner tumor, Krukenberg tumor, Pancoast tumor, Horner syndrome, Dupuytren contracture, Peyronie's disease
de Quervain tenosynovitis, Osgood-Schlatter disease, Legg-Calvé-Perthes disease, Scheuermann disease, Baker's cyst, Morton's neuroma
Colles fracture, Smith fracture, Jones fracture, Lisfranc injury, Bennett fracture, Galeazzi fracture, Monteggia fracture, Hill-Sachs lesion
Bankart lesion, Still's disease, Felty syndrome, Churg-Strauss, Wegener's granulomatosis, Henoch-Schönlein purpura, Buerger disease
Osler-Weber-Rendu, Sturge-Weber syndrome, Dressler syndrome, Prinzmetal angina, Takotsubo cardiomyopathy, Eisenmenger syndrome, Ebstein anomaly
tetralogy of Fallot, Libman-Sacks endocarditis, Chagas disease, Hansen's disease, Pott disease, Lemierre syndrome, Ludwig's angina
Vincent's angina, Fournier gangrene, Meckel's diverticulum, Hirschsprung disease, Whipple disease, Caroli disease, Mirizzi syndrome
Ogilvie syndrome, Zenker's diverticulum, Plummer-Vinson syndrome, Cowden syndrome, Gardner syndrome, Sheehan syndrome, Asherman syndrome
Mayer-Rokitansky syndrome, Bartholin cyst, Fitz-Hugh-Curtis, Kallmann syndrome, Nelson syndrome, Riedel thyroiditis, Plummer disease
Stargardt disease, Leber hereditary optic neuropathy, Fuchs dystrophy, Sweet syndrome, Darier disease, Hailey-Hailey disease, Gottron papules
Christmas disease, Bernard-Soulier syndrome, Glanzmann thrombasthenia, Evans syndrome, Diamond-Blackfan anemia, Castleman disease
Erdheim-Chester disease, Rosai-Dorfman disease, Kikuchi disease, Ramsay Hunt syndrome, Tolosa-Hunt syndrome, Brown-Séquard syndrome
Arnold-Chiari malformation, Chiari malformation, Dandy-Walker malformation, Lennox-Gastaut syndrome, West syndrome, Dravet syndrome, Todd's paralysis
Jacksonian seizure, Sydenham chorea, St. Vitus dance, Miller Fisher syndrome, Parry-Romberg syndrome, Munchausen syndrome, Ganser syndrome, Capgras delusion, Cotard delusion
""")

# Places that are part of the name of an illness.
PLACE_DISEASES = _words("""
Lyme disease, West Nile virus, Zika, Ebola, Marburg virus disease, Lassa fever, Rocky Mountain spotted fever, St. Louis encephalitis
Japanese encephalitis, Norwalk virus, Coxsackie virus, Valley fever, Mediterranean spotted fever, familial Mediterranean fever, Crimean-Congo fever
Bornholm disease, Minamata disease, Philadelphia chromosome-positive ALL, Delhi boil, Hong Kong flu, Spanish flu, Rift Valley fever, Four Corners virus
Legionnaires' disease, Pontiac fever, Malta fever, Q fever, tularemia, Hendra virus, Nipah virus, La Crosse encephalitis, Powassan virus
""")

COMMON_DISEASES = _words("""
hypertension, type 2 diabetes, type 1 diabetes, T2DM, T1DM, hyperlipidemia, asthma, COPD, heart failure, HFrEF, HFpEF, atrial fibrillation, AF, afib
CKD stage 3, CKD 3b, CKD 4, ESRD, acute kidney injury, AKI, hypothyroidism, hyperthyroidism, obesity, gout, osteoporosis, osteoarthritis
rheumatoid arthritis, lupus, SLE, psoriasis, psoriatic arthritis, ankylosing spondylitis, ulcerative colitis, IBS, GERD, peptic ulcer disease
cirrhosis, hepatitis C, hepatitis B, NASH, pancreatitis, cholecystitis, appendicitis, diverticulitis, C. diff colitis, celiac disease
pneumonia, community-acquired pneumonia, HAP, influenza, COVID-19, long COVID, tuberculosis, HIV, syphilis, cellulitis, sepsis, UTI, pyelonephritis
endocarditis, osteomyelitis, meningitis, shingles, depression, MDD, bipolar disorder, bipolar II, schizophrenia, generalized anxiety disorder, GAD, PTSD
ADHD, OCD, autism, opioid use disorder, alcohol use disorder, insomnia, migraine, epilepsy, multiple sclerosis, MS, myasthenia gravis, ALS, stroke, TIA
ischemic stroke, subarachnoid hemorrhage, dementia, vascular dementia, neuropathy, trigeminal neuralgia, sciatica, fibromyalgia, chronic low back pain
iron deficiency anemia, sickle cell disease, thalassemia, hemophilia A, ITP, TTP, DVT, PE, pulmonary embolism, antiphospholipid syndrome
breast cancer, prostate cancer, NSCLC, small cell lung cancer, colon cancer, melanoma, multiple myeloma, CLL, AML, CML, DLBCL, pancreatic cancer
ovarian cancer, bladder cancer, renal cell carcinoma, glioblastoma, thyroid cancer, cervical cancer, BPH, nephrolithiasis, PCOS, endometriosis
preeclampsia, gestational diabetes, hyperemesis gravidarum, placenta previa, postpartum depression, menopause, infertility, eczema, acne, rosacea
urticaria, vitiligo, alopecia areata, hidradenitis suppurativa, glaucoma, macular degeneration, diabetic retinopathy, cataract, uveitis, otitis media
sinusitis, tonsillitis, croup, bronchiolitis, RSV, cystic fibrosis, sleep apnea, OSA, pulmonary fibrosis, sarcoidosis, pulmonary hypertension
aortic stenosis, mitral regurgitation, CAD, STEMI, NSTEMI, unstable angina, PAD, AAA, aortic dissection, pericarditis, myocarditis, SVT, long QT syndrome
complete heart block, hyponatremia, hyperkalemia, hypercalcemia, DKA, HHS, adrenal insufficiency, acromegaly, prolactinoma, SIADH, hypopituitarism
vitamin D deficiency, B12 deficiency, anorexia nervosa, bulimia, restless legs syndrome, essential tremor, vertigo, BPPV, plantar fasciitis
rotator cuff tear, ACL tear, carpal tunnel syndrome, hip fracture, compression fracture, scoliosis, spinal stenosis, cauda equina syndrome, concussion
TBI, burn injury, pressure ulcer, lymphedema, varicose veins, hernia, hemorrhoids, anal fissure, gallstones, bowel obstruction, gastroparesis
eosinophilic esophagitis, food allergy, anaphylaxis, chronic urticaria, membranous nephropathy, IgA nephropathy, FSGS, polycystic kidney disease
giant cell arteritis, polymyalgia rheumatica, dermatomyositis, scleroderma, GPA, vasculitis, amyloidosis, hemochromatosis, PBC, PSC, AIH, HCC
""")

DRUGS = _words("""
metformin, lisinopril, atorvastatin, amlodipine, losartan, hydrochlorothiazide, HCTZ, metoprolol, metoprolol succinate, carvedilol, bisoprolol, atenolol
propranolol, labetalol, nebivolol, valsartan, olmesartan, telmisartan, candesartan, irbesartan, ramipril, enalapril, benazepril, captopril, spironolactone
eplerenone, finerenone, furosemide, Lasix, torsemide, bumetanide, chlorthalidone, metolazone, hydralazine, isosorbide mononitrate, nitroglycerin
ranolazine, ivabradine, digoxin, amiodarone, sotalol, flecainide, dofetilide, diltiazem, verapamil, nifedipine, clonidine, doxazosin, minoxidil
rosuvastatin, Crestor, simvastatin, pravastatin, ezetimibe, fenofibrate, icosapent ethyl, alirocumab, evolocumab, Repatha, inclisiran, bempedoic acid
warfarin, Coumadin, apixaban, Eliquis, rivaroxaban, Xarelto, dabigatran, Pradaxa, edoxaban, heparin, enoxaparin, Lovenox, fondaparinux, aspirin, ASA
clopidogrel, Plavix, ticagrelor, Brilinta, prasugrel, alteplase, tenecteplase, insulin glargine, Lantus, Toujeo, insulin degludec, Tresiba, insulin lispro
Humalog, insulin aspart, NovoLog, NPH, semaglutide, Ozempic, Wegovy, Rybelsus, tirzepatide, Mounjaro, Zepbound, liraglutide, Victoza, dulaglutide
Trulicity, empagliflozin, Jardiance, dapagliflozin, Farxiga, canagliflozin, sitagliptin, Januvia, linagliptin, glipizide, glimepiride, glyburide
pioglitazone, levothyroxine, Synthroid, liothyronine, methimazole, PTU, prednisone, methylprednisolone, dexamethasone, hydrocortisone, fludrocortisone
omeprazole, pantoprazole, esomeprazole, famotidine, sucralfate, metoclopramide, ondansetron, Zofran, prochlorperazine, lactulose, rifaximin, Xifaxan
linaclotide, polyethylene glycol, MiraLAX, senna, loperamide, mesalamine, budesonide, infliximab, Remicade, adalimumab, Humira, vedolizumab, Entyvio
ustekinumab, Stelara, risankizumab, Skyrizi, guselkumab, Tremfya, secukinumab, Cosentyx, ixekizumab, etanercept, Enbrel, tofacitinib, Xeljanz
upadacitinib, Rinvoq, baricitinib, methotrexate, MTX, hydroxychloroquine, Plaquenil, sulfasalazine, leflunomide, azathioprine, mycophenolate, CellCept
tacrolimus, cyclosporine, sirolimus, rituximab, Rituxan, belimumab, anifrolumab, tocilizumab, abatacept, denosumab, Prolia, alendronate, Fosamax
zoledronic acid, teriparatide, romosozumab, allopurinol, febuxostat, colchicine, probenecid, ibuprofen, naproxen, celecoxib, meloxicam, ketorolac
acetaminophen, Tylenol, tramadol, oxycodone, hydrocodone, morphine, hydromorphone, fentanyl, methadone, buprenorphine, Suboxone, naltrexone, Vivitrol
naloxone, Narcan, gabapentin, pregabalin, Lyrica, duloxetine, Cymbalta, venlafaxine, Effexor XR, sertraline, Zoloft, fluoxetine, Prozac, escitalopram
Lexapro, citalopram, paroxetine, bupropion, Wellbutrin, mirtazapine, trazodone, amitriptyline, nortriptyline, clomipramine, phenelzine, esketamine
lithium, valproate, Depakote, lamotrigine, Lamictal, carbamazepine, oxcarbazepine, levetiracetam, Keppra, topiramate, zonisamide, lacosamide, phenytoin
Dilantin, phenobarbital, cenobamate, clobazam, quetiapine, Seroquel, olanzapine, Zyprexa, risperidone, aripiprazole, Abilify, ziprasidone, lurasidone
clozapine, haloperidol, paliperidone, Invega Sustenna, cariprazine, Vraylar, lorazepam, Ativan, clonazepam, Klonopin, diazepam, alprazolam, Xanax
zolpidem, Ambien, suvorexant, melatonin, hydroxyzine, buspirone, methylphenidate, Concerta, Adderall, lisdexamfetamine, Vyvanse, atomoxetine, guanfacine
donepezil, Aricept, memantine, rivastigmine, lecanemab, levodopa, carbidopa/levodopa, Sinemet, pramipexole, ropinirole, rasagiline, amantadine
sumatriptan, rizatriptan, erenumab, Aimovig, rimegepant, Nurtec, Botox, baclofen, tizanidine, cyclobenzaprine, ocrelizumab, Ocrevus, natalizumab
dimethyl fumarate, fingolimod, pyridostigmine, riluzole, albuterol, levalbuterol, ipratropium, tiotropium, Spiriva, fluticasone, Flonase, Advair
Symbicort, Trelegy, montelukast, Singulair, benralizumab, dupilumab, Dupixent, mepolizumab, Nucala, omalizumab, Xolair, roflumilast, theophylline
amoxicillin, Augmentin, amoxicillin-clavulanate, cephalexin, Keflex, cefazolin, ceftriaxone, Rocephin, cefepime, ceftazidime, piperacillin-tazobactam
Zosyn, meropenem, ertapenem, vancomycin, linezolid, daptomycin, azithromycin, Z-Pak, clarithromycin, doxycycline, minocycline, ciprofloxacin, Cipro
levofloxacin, moxifloxacin, Bactrim, TMP-SMX, nitrofurantoin, Macrobid, fosfomycin, metronidazole, Flagyl, clindamycin, gentamicin, tobramycin
rifampin, isoniazid, INH, ethambutol, pyrazinamide, bedaquiline, fluconazole, voriconazole, posaconazole, micafungin, amphotericin B, terbinafine
acyclovir, valacyclovir, Valtrex, oseltamivir, Tamiflu, Paxlovid, remdesivir, Biktarvy, dolutegravir, Descovy, Truvada, Genvoya, lenacapavir, Epclusa
Mavyret, entecavir, tenofovir, hydroxyurea, eculizumab, emicizumab, Hemlibra, iron sucrose, ferrous sulfate, epoetin alfa, darbepoetin, filgrastim
pembrolizumab, Keytruda, nivolumab, Opdivo, ipilimumab, atezolizumab, trastuzumab, Herceptin, Enhertu, bevacizumab, Avastin, osimertinib, Tagrisso
imatinib, Gleevec, dasatinib, ibrutinib, Imbruvica, acalabrutinib, venetoclax, lenalidomide, Revlimid, bortezomib, daratumumab, carfilzomib, tamoxifen
letrozole, anastrozole, exemestane, fulvestrant, palbociclib, Ibrance, ribociclib, olaparib, Lynparza, enzalutamide, Xtandi, abiraterone, leuprolide
cisplatin, carboplatin, paclitaxel, docetaxel, gemcitabine, capecitabine, FOLFOX, R-CHOP, doxorubicin, cyclophosphamide, 5-FU, tamsulosin, Flomax
finasteride, oxybutynin, mirabegron, Myrbetriq, sildenafil, tadalafil, testosterone cypionate, estradiol, progesterone, Nexplanon, Mirena, Depo-Provera
clomiphene, magnesium sulfate, oxytocin, misoprostol, nifedipine XL, RhoGAM, isotretinoin, tretinoin, spironolactone cream, clobetasol, triamcinolone
latanoprost, timolol, brimonidine, aflibercept, Eylea, ranibizumab, cetirizine, loratadine, diphenhydramine, Benadryl, EpiPen, potassium chloride
sodium bicarbonate, sevelamer, cinacalcet, calcitriol, vitamin D3, folic acid, cyanocobalamin, thiamine, propofol, ketamine, rocuronium
succinylcholine, norepinephrine, vasopressin, dobutamine, milrinone, tranexamic acid, TXA, varenicline, Chantix, nicotine patch, disulfiram, acamprosate
""")

LABS = _words("""
A1c, HbA1c, TSH, free T4, creatinine, eGFR, BUN, potassium, sodium, magnesium, calcium, phosphorus, ALT, AST, alkaline phosphatase, bilirubin, albumin, INR
PT/INR, aPTT, hemoglobin, hematocrit, platelets, WBC, ANC, ferritin, TIBC, B12, folate, troponin, hs-troponin, BNP, NT-proBNP, D-dimer, CRP, ESR
procalcitonin, lactate, ammonia, lipase, LDL, HDL, triglycerides, Lp(a), ApoB, PSA, CEA, CA-125, CA 19-9, AFP, beta-hCG, ANA, anti-dsDNA, RF, anti-CCP, ANCA
C3, C4, SPEP, free light chains, cortisol, ACTH, prolactin, testosterone, FSH, LH, IGF-1, PTH, vitamin D, uric acid, CK, LDH, haptoglobin, urinalysis, UACR
blood cultures, CSF protein, HIV viral load, CD4 count, HCV RNA, HBsAg, QuantiFERON, RPR, vancomycin trough, lithium level, digoxin level, tacrolimus level
""")

SCORES = _words("""
CHA2DS2-VASc, HAS-BLED, Wells score, Geneva score, PERC rule, CURB-65, PSI, qSOFA, SOFA, APACHE II, Glasgow Coma Scale, GCS, NIHSS, modified Rankin Scale
ABCD2, Apgar score, Bishop score, Child-Pugh, MELD-Na, Ranson criteria, Glasgow-Blatchford, Rockall score, BISAP, Alvarado score, Centor score, FeverPAIN
Framingham risk score, ASCVD risk, GRACE score, TIMI score, HEART score, NYHA class, Killip class, Forrester class, Gleason score, ECOG, Karnofsky, BI-RADS
PI-RADS, LI-RADS, TI-RADS, Lung-RADS, Bosniak class, Fleischner guidelines, Mallampati, ASA class, Lee index, Caprini score, Braden scale, Norton scale
Morse fall scale, Hendrich II, Barthel index, Katz index, Lawton scale, MoCA, MMSE, Mini-Cog, PHQ-9, GAD-7, Beck Depression Inventory, Hamilton scale, HAM-D
Edinburgh Postnatal Depression Scale, EPDS, Columbia scale, C-SSRS, AUDIT-C, CAGE, DAST-10, CIWA, COWS, Epworth score, STOP-BANG, FRAX, DEXA T-score, DAS28
BASDAI, Mayo score, Harvey-Bradshaw, Montreal classification, Los Angeles grade, Prague criteria, Rome IV criteria, Chicago classification, Boston bowel prep
Tokyo guidelines, Milan criteria, Berlin definition, Rotterdam criteria, Amsterdam criteria, Bethesda category, Duke criteria, Jones criteria, McDonald criteria
Light's criteria, Ottawa ankle rules, Canadian CT head rule, Canadian C-spine rule, NEXUS criteria, PECARN, San Francisco syncope rule, Cincinnati stroke scale
Denver II, Tanner stage, Ballard score, Kansas City Cardiomyopathy Questionnaire, Seattle Angina Questionnaire, Pittsburgh Sleep Quality Index
Minnesota Living with Heart Failure, Vancouver scar scale, Toronto clinical score, Oswestry index, Fitzpatrick type, Fagerström test, Breslow depth
Clark level, Ann Arbor stage, Binet stage, Rai stage, Lugano criteria, Sokal score, Khorana score, Kellgren-Lawrence grade, Garden type, Salter-Harris type II
Hunt and Hess grade, Fisher grade, Spetzler-Martin grade, Hoehn and Yahr stage, EDSS, Norwood type, Hurley stage, Wagner grade, Rutherford class, Fontaine stage
""")

SIGNS = _words("""
Murphy's sign, McBurney's point tenderness, Babinski sign, Hoffmann sign, Kernig's sign, Brudzinski's sign, Romberg test, Tinel's sign, Phalen's test
Lachman test, McMurray test, Homans' sign, Trousseau sign, Chvostek sign, Cullen's sign, Grey Turner sign, Rovsing's sign, Kehr's sign, Levine sign
Kussmaul respirations, Cheyne-Stokes breathing, Osler nodes, Janeway lesions, Roth spots, Virchow's node, Sister Mary Joseph nodule, Courvoisier sign
Beck's triad, Charcot's triad, Cushing's triad, Virchow's triad, Gower's sign, Trendelenburg gait, Adson test, Finkelstein test, Spurling's test, Hawkins test
Neer test, Dix-Hallpike, Epley maneuver, Valsalva maneuver, Heberden's nodes, Bouchard's nodes, Auspitz sign, Nikolsky sign, Koebner phenomenon
Heinz bodies, Howell-Jolly bodies, Auer rods, Reed-Sternberg cells, Lewy bodies, Bence Jones protein, Koplik spots, Forchheimer spots, Marcus Gunn pupil
Argyll Robertson pupil, Adie's pupil, Kayser-Fleischer rings, Lhermitte's sign, Uhthoff phenomenon, Wickham striae, Battle's sign, Terry's nails, Weber test
""")

TRIALS = _words("""
GUSTO, DAPA-HF, DAPA-CKD, EMPEROR-Reduced, EMPEROR-Preserved, PARADIGM-HF, SPRINT, ACCORD, UKPDS, DCCT, ALLHAT, HOPE-3, HOPE, ONTARGET, RE-LY, ROCKET-AF
ARISTOTLE, ENGAGE AF, AFFIRM, RATE-AF, CASTLE-AF, EAST-AFNET 4, COMPASS, PEGASUS, PLATO, CURE, CAPRIE, DAPT, TWILIGHT, ISCHEMIA, COURAGE, FAME 2, SYNTAX
EXCEL, NOBLE, PARTNER 3, COAPT, MITRA-FR, RALES, EPHESUS, MERIT-HF, COPERNICUS, JUPITER, IMPROVE-IT, FOURIER, ODYSSEY, REDUCE-IT, STRENGTH, CANTOS, COLCOT
LEADER, SUSTAIN-6, SELECT, STEP 1, SURMOUNT-1, SURPASS-2, CREDENCE, FIDELIO-DKD, EMPA-KIDNEY, RECOVERY, SOLIDARITY, ACTT-1, ARDSNet, PROSEVA, ROSE, SMART
ProCESS, ARISE, ProMISe, CORTICUS, ADRENAL, NINDS, ECASS III, DAWN, DEFUSE 3, POINT, CHANCE, SOCRATES, KEYNOTE-189, KEYNOTE-522, CheckMate 227, CLEOPATRA
APHINITY, MONARCH 3, PALOMA-2, HERA, TAILORx, CATIE, STAR*D, STEP-BD, CUtLASS, WHI, HERS, SOLO-1, POLO, LUX-Lung 7, FLAURA, ADAURA, PACIFIC, MAGNOLIA
""")

BODIES = _words("""
ADA, AHA, ACC/AHA, ESC, NICE, WHO, CDC, USPSTF, ACIP, IDSA, ATS, GOLD, GINA, KDIGO, NCCN, ASCO, ESMO, ACOG, AAP, AAFP, ACP, ACR, EULAR, AASLD, EASL, ACG, AGA
AAN, APA, ACS, ASA, SCCM, Surviving Sepsis Campaign, Endocrine Society, ATA, AUA, EAU, AAOS, AAD, AAO, ASH, CHEST, HRS, SCAI, FDA, EMA, CMS, MHRA, SIGN
Beers criteria, STOPP/START, Joint Commission, NIH, Cochrane, UpToDate, DSM-5, ICD-11, Choosing Wisely, Bright Futures, RCOG, FIGO, JNC 8, ATP III
""")

GENES = _words("""
BRCA1, BRCA2, TP53, EGFR exon 19, ALK, ROS1, KRAS G12C, BRAF V600E, HER2, PIK3CA, MLH1, MSH2, APC, CFTR F508del, HFE C282Y, factor V Leiden, JAK2 V617F
BCR-ABL, FLT3-ITD, NPM1, IDH1, CYP2D6, CYP2C19, SLCO1B1, HLA-B*5701, HLA-B27, DPYD, UGT1A1, TPMT, G6PD, MTHFR, APOE4, SMN1, FMR1, DMD, LMNA, MYH7, SCN5A
""")

PROCEDURES = _words("""
colonoscopy, EGD, ERCP, EUS, flexible sigmoidoscopy, laparoscopic cholecystectomy, appendectomy, Whipple procedure, Roux-en-Y gastric bypass
sleeve gastrectomy, Nissen fundoplication, Heller myotomy, Hartmann procedure, hernia repair, hemorrhoidectomy, Billroth II, splenectomy, liver biopsy
CABG, PCI, cardiac catheterization, TAVR, mitral clip, Maze procedure, ablation, cardioversion, pacemaker placement, ICD placement, CRT-D, Watchman implant
echocardiogram, TTE, TEE, stress test, Holter monitor, carotid endarterectomy, EVAR, fem-pop bypass, AV fistula creation, thrombectomy, IVC filter
total knee arthroplasty, TKA, total hip replacement, THA, ACL reconstruction, rotator cuff repair, ORIF, Ilizarov fixation, Bankart repair, lumbar fusion
laminectomy, discectomy, ACDF, kyphoplasty, epidural steroid injection, carpal tunnel release, trigger finger release, craniotomy, VP shunt, deep brain stimulation
lumbar puncture, EEG, EMG, nerve conduction study, MRI brain, MRI lumbar spine, CT head, CT angiogram, CT abdomen, PET-CT, bone scan, DEXA scan, chest X-ray
mammogram, breast biopsy, lumpectomy, mastectomy, sentinel node biopsy, thyroidectomy, parathyroidectomy, tonsillectomy, septoplasty, tympanostomy tubes
tracheostomy, bronchoscopy, VATS lobectomy, thoracentesis, paracentesis, chest tube, intubation, dialysis, peritoneal dialysis, kidney transplant
liver transplant, bone marrow biopsy, stem cell transplant, CAR-T, plasmapheresis, IVIG, blood transfusion, port placement, PICC line, central line
Foley catheter, cystoscopy, TURP, prostatectomy, lithotripsy, nephrectomy, vasectomy, hysterectomy, myomectomy, C-section, cesarean delivery
D&C, LEEP, colposcopy, IUD insertion, tubal ligation, IVF, amniocentesis, cataract surgery, LASIK, trabeculectomy, intravitreal injection
skin biopsy, Mohs surgery, cryotherapy, phototherapy, root canal, extraction, crown, scaling and root planing, ECT, TMS, sleep study, spirometry, PFTs
hemodialysis, G-tube placement, PEG, wound VAC, skin graft, fasciotomy, amputation, debridement, I&D, Pap smear, stool DNA test, allergy testing, patch test
""")

SPECIALTIES = _words("""
cardiology, nephrology, endocrinology, neurology, gastroenterology, GI, hepatology, pulmonology, rheumatology, hematology, oncology, heme/onc
infectious disease, ID, dermatology, psychiatry, ophthalmology, ENT, urology, OB/GYN, obstetrics, pediatrics, neonatology, geriatrics, palliative care
hospice, family medicine, internal medicine, primary care, general surgery, vascular surgery, neurosurgery, orthopedics, plastics, PM&R, physical therapy
pain management, anesthesia, radiology, IR, pathology, emergency medicine, the ED, critical care, the ICU, hospital medicine, sleep medicine, allergy
genetics, dental, podiatry, nutrition, pharmacy, social work, case management, behavioral health, addiction medicine, sports medicine, wound care
""")

SYMPTOMS = _words("""
chest pain, shortness of breath, SOB, dyspnea on exertion, palpitations, syncope, dizziness, fatigue, fever, chills, night sweats, weight loss, cough
hemoptysis, wheezing, sore throat, headache, blurry vision, diplopia, tinnitus, hearing loss, numbness, tingling, weakness, tremor, ataxia, confusion
memory loss, seizures, insomnia, low mood, anxiety, panic attacks, suicidal ideation, hallucinations, nausea, vomiting, diarrhea, constipation, melena
hematochezia, abdominal pain, RUQ pain, epigastric pain, bloating, dysphagia, heartburn, jaundice, pruritus, dysuria, frequency, hematuria, flank pain
urinary incontinence, nocturia, erectile dysfunction, vaginal bleeding, pelvic pain, hot flashes, breast lump, joint pain, morning stiffness, back pain
knee swelling, muscle aches, rash, hives, leg swelling, edema, calf pain, claudication, cold intolerance, polyuria, polydipsia, easy bruising, epistaxis
dry cough, dry mouth, dry eyes, hair loss, swollen glands, neck stiffness, facial droop, slurred speech, gait instability, falls, poor appetite, lightheadedness
""")

ADVERSE = _words("""
angioedema, hyperkalemia, QT prolongation, serotonin syndrome, rhabdomyolysis, myopathy, hepatotoxicity, pancreatitis, agranulocytosis, Stevens-Johnson
hypoglycemia, lactic acidosis, weight gain, sexual dysfunction, dry cough, gynecomastia, tardive dyskinesia, neuroleptic malignant syndrome, GI bleeding
hyponatremia, orthostatic hypotension, bradycardia, red man syndrome, ototoxicity, nephrotoxicity, tendon rupture, photosensitivity, thrombocytopenia, HIT
osteonecrosis of the jaw, infusion reaction, cytokine release syndrome, neutropenia, peripheral neuropathy, mood changes, nightmares, constipation, nausea
""")

TESTS = LABS + PROCEDURES[:20]
# Three capitals are a diagnosis far more often than somebody's initials.
ABBREVIATIONS = _words("""
CHF, HTN, DM, T2DM, T1DM, DM2, CAD, COPD, CKD, ESRD, AFib, A-fib, afib, AF, HLD, HL, GERD, MI, STEMI, NSTEMI, CVA, TIA, DVT, PE, UTI, URI, RA, OA, MS, CF, SLE
HFrEF, HFpEF, BPH, IBS, IBD, UC, CD, OSA, PTSD, ADHD, MDD, GAD, OCD, HIV, AIDS, HCV, HBV, TB, MRSA, VRE, C diff, PCOS, PVD, PAD, AAA, ALS, ALL, AML, CLL, CML, NHL
MM, HCC, NSCLC, SCLC, GBM, ITP, TTP, DIC, DKA, HHS, SIADH, AKI, ARDS, CAP, HAP, VAP, SBO, GIB, GI bleed, NASH, NAFLD, PBC, PSC, TBI, SAH, SDH, ICH, MCI, LBP, FUO
CRPS, RSV, HSV, VZV, EBV, CMV, HPV, PID, STI, SVT, VT, VFib, PVCs, LBBB, RBBB, WPW, HOCM, MVP, AS, AR, MR, TR, PFO, ASD, VSD, TOF, PDA, POTS, RLS, AKA, BKA, ABLA
s/p CABG, s/p TKR, s/p PCI, TAVR, CRT, ICD, PPM, CPAP, BiPAP, TPN, PICC, NG tube, PEG, VP shunt, EGD, ERCP, MRCP, TTE, TEE, EEG, EMG, PFTs, ABG, CBC, BMP, CMP, LFTs
INR, PTT, ESR, CRP, TSH, PSA, BNP, A1c, LDL, HDL, GFR, BUN, WBC, Hgb, Plt, NKDA, SOB, DOE, CP, N/V/D, LOC, ROS, PE wnl, WNL, NAD, HEENT, RRR, CTAB, PRN, BID, TID, QID, QHS, PO
NPO, IM, IV, SQ, ACEi, ARB, BB, CCB, PPI, SSRI, SNRI, TCA, NSAIDs, DOAC, ASA, APAP, HCTZ, MTX, IVIG, PCP, ICU, MICU, SICU, NICU, PACU, ED, OR, OT, PT, SLP, SNF, LTAC, DNR, DNI, AMA
dc, d/c, f/u, hx, PMH, PSH, FHx, SHx, tx, dx, rx, sx, Rec, recs, mgmt, mngmt, intol, ins, Ins, insur, pulm, cards, neuro, ortho, onc, heme, endo, nephro, rheum, psych, derm, peds, gyn, ID consult
""")
DISEASES = tuple(dict.fromkeys(EPONYMS + PLACE_DISEASES + COMMON_DISEASES + ABBREVIATIONS))
