"""Spanish: clinic, insurance, support, chat; and Spanish text that names nobody."""

from __future__ import annotations

from training.generate.compose import Lists, Own, compose, pick, sentence, several, some
from training.generate.markup import Doc, join
from training.generate.world import World

LISTS: Lists = {
    "enfermedad": (
        "diabetes tipo 2",
        "hipertensión arterial",
        "asma",
        "neumonía",
        "enfermedad de Crohn",
        "enfermedad de Parkinson",
        "fibrilación auricular",
        "insuficiencia renal",
        "migraña",
        "lumbalgia",
        "apendicitis",
        "anemia",
        "enfermedad de Alzheimer",
        "síndrome de Sjögren",
    ),
    "farmaco": (
        "metformina",
        "enalapril",
        "losartán",
        "omeprazol",
        "atorvastatina",
        "ibuprofeno",
        "paracetamol",
        "insulina glargina",
        "salbutamol",
        "amoxicilina",
        "levotiroxina",
    ),
    "sintoma": (
        "dolor de cabeza",
        "fiebre",
        "tos seca",
        "dolor abdominal",
        "mareos",
        "dolor en el pecho",
        "náuseas",
        "cansancio",
        "falta de aire",
        "dolor de espalda",
    ),
    "producto": (
        "la lavadora",
        "el pedido",
        "la tarjeta",
        "el seguro del coche",
        "la factura",
        "el router",
        "la póliza",
        "el préstamo",
        "el contrato",
        "la suscripción",
    ),
    "tema": (
        "la fotosíntesis",
        "la inflación",
        "el interés compuesto",
        "la Revolución Francesa",
        "las vacunas",
        "el cambio climático",
        "la hipoteca fija",
        "los números primos",
        "el aprendizaje automático",
    ),
    "parentesco": (
        "mi [esposa|esposo|hija|hijo|madre|padre|hermano|hermana|abuela|abuelo|tía|vecino|jefe|amiga]",
        "su [esposa|esposo|hija|madre|hermano]",
    ),
    "quien": ("{es.person}", "{es.person}", "{es.person.2}", "{es.patient}", "[Sr.|Sra.|Don|Doña] {es.person}"),
    "contacto": ("{es.phone}", "{es.phone}", "{email}"),
    "lugar": ("{es.city}", "{es.city}", "{es.city.2}"),
    "clinica": (
        "[Paciente|Pte.|Enfermo|Mujer|Varón] {es.patient}[ de {age} años|, {age} años|], [acude a|ingresa en|es atendido en] {es.facility} [el|con fecha] {es.date} por {sintoma}.",
        "Nombre: {es.patient}\nFecha de nacimiento: {es.date}\n[NHC|Historia clínica|Expediente]: {mrn}",
        "[Antecedentes|AP]: {enfermedad}[, {enfermedad}|][; en tratamiento con {farmaco}|].",
        "[Vive|Reside|Domicilio]: {es.street}, {es.city}[, C.P. {zip}|].",
        "[Valorado|Visto|Operado] por {es.provider} [el {es.date}|en {es.facility}|].",
        "[Se cita|Próxima cita|Control] el {es.date} [en {es.facility}|con {es.provider}|a las {time}].",
        "[Teléfono|Tel.|Tfno.|Móvil]: {es.phone}",
        "[Acompañado|Acude] con {parentesco} {es.person.2}[, tel. {es.phone.2}|].",
        "[Pautamos|Se inicia|Continúa con] {farmaco} {n} comprimidos cada {n} horas.",
        "[TA|FC|Temp.|Glucemia] {number}, [estable|sin cambios|afebril].",
        "[Alta|Ingreso|Traslado]: {es.date}.",
        "Refiere {sintoma} desde hace {n} días.",
        "[Nº de afiliación|Número de la Seguridad Social|CURP|Póliza]: {plan_id}",
        "Paciente de {age90} años[, vive en {es.city}|].",
        "Firmado: {es.provider}[, {es.facility}|][, {es.date}|]",
        "{es.patient}, [natural de|procedente de] {es.city}, [trabaja|trabajaba] en {employer}.",
    ),
    "mensaje": (
        "[Hola|Buenos días|Buenas tardes|Buenas], [me llamo|soy|mi nombre es|le habla] {quien}[.|, de {lugar}.|, llamo por {producto}.]",
        "[Vivo|Vivimos|Nací|Me mudé] [en|a] {lugar}[, {es.street}|][.|]",
        "[Mi dirección es|Envíenlo a|Mándelo a|La dirección:] {es.street}, {es.city}[.|]",
        "[Mi teléfono es|Llámeme al|Mi número:|Contácteme en|Pueden llamarme al] {contacto}[.|, por favor.|]",
        "[Nací el|Fecha de nacimiento:|Mi cumpleaños es el] {es.date}[.|]",
        "[Hablé|Me atendió|Quedé] con {quien} [el {es.date}|en {lugar}|ayer][.|]",
        "{parentesco} {quien} [trabaja en {employer}|vive en {lugar}|está en {es.facility}|tiene cita el {es.date}][.|]",
        "[La reunión|La cita|La entrega|El juicio] [es|será|quedó para] el {es.date}[ en {lugar}|][.|]",
        "[Trabajo|Estudio] [en|para] {org}[ desde {year}|][.|]",
        "[Mi número de póliza|Mi cuenta|Siniestro|Expediente|Pedido] [es |]{account}[.|]",
        "[Estimado|Estimada|Querido|Querida] {quien}[:|,] [le escribo por {producto}|gracias por su carta del {es.date}].",
        "[Dile a|Pregúntale a|Avísale a|Saluda a] {quien} [que venga|de mi parte|que llame al {es.phone}][.|]",
        "¿[Está|Conoces a|Dónde vive|Puede venir] {quien}?",
        "¿[Cómo llego a|Hay vuelos a|Qué tiempo hace en] {lugar}?",
        "[Atentamente|Saludos|Un abrazo|Gracias], {es.person}",
        "{es.provider} [de|en] {es.facility} me [recetó {farmaco}|citó el {es.date}|dijo que vuelva].",
        "[Redacta|Escribe] una [carta|queja|respuesta] para {quien} sobre {producto}.",
        "[Resume|Traduce] esta nota: {clinica}",
        "Tomador: {es.patient}; asegurado: {es.person.3}; siniestro {claim} ocurrido el {es.date} en {es.city}.",
    ),
    "nadie": (
        "[Explica|Resume|Describe] {tema}[ en pocas palabras|].",
        "¿[Cuál es|Qué es|Para qué sirve] {tema}?",
        "[¿Cómo puedo|Quiero|Necesito] [cancelar|cambiar|devolver|renovar] {producto}[?|.]",
        "[El|Un] paciente [de {age} años|] con {enfermedad} toma {farmaco} {n} veces al día.",
        "¿[Es seguro|Se puede] tomar {farmaco} con {farmaco}?",
        "{producto} [no funciona|llegó rota|cuesta {amount}|subió {percent}] [desde el lunes|otra vez|].",
        "[En|Desde] {year} [subieron|bajaron] los precios un {percent}.",
        "¿Quién [escribió el Quijote|pintó Las Meninas|descubrió América|fue Frida Kahlo|ganó el Mundial de {year}]?",
        "[Temperatura|Saturación|Glucosa] {number}, [normal|sin alteraciones].",
        "La capital de [<<COUNTRY:Perú>>|<<COUNTRY:Chile>>|<<COUNTRY:Francia>>|<<COUNTRY:Japón>>] es [Lima|Santiago|París|Tokio].",
        "El tratamiento de la {enfermedad} incluye [dieta|reposo|ejercicio|{farmaco}].",
        "[Abrimos|Cerramos] los [lunes|martes|domingos] a las {time}.",
        "[Esperanza|Mercedes|Consuelo|Paz|Dolores|Socorro] no es lo que [necesito|busco|falta] aquí.",
        "Mar, sol y luz en [mayo|marzo|julio].",
        "Receta: {n} huevos, {number} g de harina y un poco de sal.",
    ),
}


def _own(world: World) -> Own:
    return {"n": lambda: Doc(str(world.random.randint(1, 9)))}


def clinic(world: World) -> Doc:
    """A clinical note in Spanish, full or in fragments."""
    parts = [compose(part, world, LISTS, _own(world)) for part in some(world, LISTS["clinica"], 1, 9)]
    return join(*parts, sep=pick(world, (" ", " ", "\n")))


def message(world: World) -> Doc:
    """A message, a request or a letter in Spanish."""
    doc = several(world, LISTS, "mensaje", 1, pick_most(world), sep=pick(world, (" ", "\n")), own=_own(world))
    return sentence(doc) if world.random.random() < 0.7 else doc


def pick_most(world: World) -> int:
    """How many sentences at most: mostly few."""
    return world.random.choice((1, 1, 2, 3, 6))


def chat(world: World) -> Doc:
    """A chat in Spanish with names before the lines."""
    names = ["{es.person}", world.random.choice(("{es.person.2}", "Agente", "Doctora"))]
    clock = pick(world, ("[{time}] ", "{time} ", ""))
    lines = [
        compose(
            clock
            + world.random.choice(names)
            + ": "
            + pick(world, ("{mensaje}", "{nadie}", "[sí|no|ok|gracias|jaja|vale|claro]")),
            world,
            LISTS,
            _own(world),
        )
        for _ in range(world.random.randint(2, 8))
    ]
    return join(*lines)


def fields(world: World) -> Doc:
    """A form or record in Spanish."""
    rows = some(
        world,
        (
            "[Nombre|Nombre completo|Paciente|Titular|Asegurado]: {es.patient}",
            "[Apellidos|Nombre y apellidos]: {es.person}",
            "[Fecha de nacimiento|F. nac.|Nacimiento]: {es.date}",
            "[Domicilio|Dirección|Calle]: {es.street}",
            "[Ciudad|Municipio|Localidad]: {es.city}",
            "[Teléfono|Tel.|Móvil|Celular]: {es.phone}",
            "[Correo|Email|Correo electrónico]: {email}",
            "[Médico|Doctor|Facultativo]: {es.provider}",
            "[Hospital|Centro|Clínica]: {es.facility}",
            "Edad: {age}",
            "Sexo: [M|F|H|mujer|hombre]",
            "[Diagnóstico|Dx]: {enfermedad}",
            "[Tratamiento|Medicación]: {farmaco}",
            "[Fecha|Fecha de ingreso|Fecha de alta]: {es.date}",
            "[Póliza|Nº póliza|Expediente]: {plan_id}",
            "[Empresa|Empleador]: {employer}",
            "[Contacto de emergencia|Familiar]: {es.person.3}",
            "[Importe|Total]: {amount}",
            "[País|Nacionalidad]: [<<COUNTRY:México>>|<<COUNTRY:España>>|<<COUNTRY:Colombia>>|<<COUNTRY:Argentina>>]",
        ),
        3,
        11,
    )
    return join(*(compose(row, world, LISTS, _own(world)) for row in rows), sep=pick(world, ("\n", "\n", "; ", " | ")))


def nobody(world: World) -> Doc:
    """Spanish text that names nobody."""
    return several(world, LISTS, "nadie", 1, pick_most(world), own=_own(world))


GENERATORS = ((2.0, clinic), (3.0, message), (1.0, chat), (1.0, fields), (2.0, nobody))
