/**
 * Alles, was der Essay sagt, auf Deutsch. The German translation of `en.js`: the same keys, the same places in {braces}.
 */

/** @type {Record<string, string>} */
export const strings = {
  // The page
  "page.title": "Woher kommt das neue Bild? – Morphogen",
  "page.description": "Warum erfinden Bildmodelle etwas? Ein Essay mit lebendigen Abbildungen: ein Diffusionsmodell und die Theorie, die es vorhersagt, mitten in dieser Seite.",
  "page.language": "Deutsch",
  "page.skip": "Zum ersten Kapitel springen",
  "page.navigation": "Anderswo",
  "page.studio": "Studio",
  "page.chapters": "Kapitel",
  "page.heading": "Woher kommt das neue Bild?",
  "page.lead": "Einem kleinen Programm hat man sechzigtausend Fotos von Kleidern gezeigt. Jetzt zeichnet es Kleider, die niemand je genäht hat, und keiner hat ihm gesagt, wie. Auf dieser Seite nimmst du es auseinander, bis du auf einen Ärmel zeigen und sagen kannst, woher er stammt.",
  "page.film": "Vier Reihen von Bildern. Jede beginnt links mit reinem Rauschen; von Bild zu Bild kommen eine Katze, ein Pullover, eine Erdbeere und ein Stiefel heraus.",
  "page.about": "Sechzehn Minuten, sechzehn Kapitel. Jedes Bild wird berechnet, während du liest, auf deinem eigenen Gerät. Nichts wird verschickt.",
  "page.footer": 'Alles hier läuft mit demselben freien Code wie das <a href="../de.html">Studio</a>, in dem du dir jedes Kleidungsstück wünschen und unter die Haube schauen kannst. Bilder: Fashion-MNIST, © 2017 Zalando SE, MIT-Lizenz; Emoji: Noto Emoji, © Google, Apache-2.0-Lizenz.',

  // All figures
  "frame.fetching": "Das Netz wird geholt (1 MB) …",
  "frame.fetchingEmoji": "Das Netz für Emoji wird geholt (4 MB) …",
  "frame.guess": "Rate erst.",
  "frame.skip": "Zeig es einfach",
  "frame.guessed": "Du hast getippt: {guess}.",
  "frame.unavailable": "Diese Abbildung ließ sich nicht laden. Lade die Seite neu, um es noch einmal zu versuchen.",
  "frame.unknown": "Eine Abbildung dieses Namens gibt es nicht. Es gibt: {names}.",
  "frame.copyLink": "Link hierher kopieren",
  "frame.embed": "Abbildung einbetten",
  "frame.present": "Vorführen",
  "frame.copiedLink": "Kopiert: Der Link führt hierher, zur Abbildung, wie sie jetzt ist.",
  "frame.copiedEmbed": "Kopiert: ein paar Zeilen HTML, die diese Abbildung auf jeder Seite zeigen.",
  "frame.selected": "Ausgewählt; kopiere es mit der Tastatur.",
  "frame.shared": "Zum Kopieren",

  // 1
  "noise.title": "Aus dem Rauschen",
  "noise.before": `
Nimm ein Bild und verdirb es. Verändere die Farbe jedes Pixels ein wenig, wie der Zufall es will, dann noch etwas mehr, bis nichts übrig ist als
<dfn>Rauschen</dfn>: Pixel, die nichts bedeuten. In diese Richtung ist es leicht. Ein Bild ruinieren kann jeder.

Ein <dfn>Diffusionsmodell</dfn> lernt den Rückweg. In ihm steckt ein <dfn>neuronales Netz</dfn>: ein paar Millionen Zahlen, so lange zurechtgerückt, bis sie ein
einziges Spiel gut beherrschen. Das Netz bekommt ein verrauschtes Bild und erfährt, wie stark es verrauscht ist. Dann muss es das saubere Bild dahinter
erraten. Wer dieses Spiel spielt, heißt <dfn>Entrauscher</dfn>.

Gezeichnet wird so: Man beginnt mit reinem Rauschen, lässt raten, geht einen kleinen Schritt auf das Geratene zu und lässt wieder raten. Zwanzig
Schritte genügen. Probier beide Richtungen aus: Schieb Rauschen hinein oder kritzle welches mit dem Pinsel, und lass es vom Netz
wieder herausholen.`,
  "noise.after": `
Bei wenig Rauschen findet das Netz das Bild wieder. Bei viel Rauschen findet es <em>ein</em> Bild: ein anderes, das nie jemand gezeichnet
hat. Das hat es sich ausgedacht. Wie kann das sein?

Um das herauszufinden, nehmen wir von nun an Kleider, klein und grau: Damit lässt sich jede Frage zu Ende rechnen, auf deinem Gerät. Die Farbe kommt in
Kapitel 10 zurück.`,
  "noise.caption": "Auf dem Regler kommt von links nach rechts Rauschen dazu; das Netz holt es in zwanzig Schritten heraus. Bekritzelte Pixel gelten als reines Rauschen, und das Netz füllt sie aus ihrer Umgebung. Das Netz für Emoji hat 4 MB; es wird geholt, wenn du es zum ersten Mal brauchst.",
  "noise.still": "Das Gesicht einer Katze, und daneben, was das Netz hinter dem Rauschen gefunden hat.",
  "noise.subject": "Bild",
  "noise.emoji": "Emoji, in Farbe",
  "noise.pullover": "Pullover, in Grau",
  "noise.waiting": "Noch nichts da",
  "noise.noise": "Rauschen",
  "noise.heal": "Rauschen wegnehmen",
  "noise.restore": "Von vorn",
  "noise.another": "Anderes Bild",
  "noise.brush": "hier kritzeln",
  "noise.keys": "Die Pfeiltasten bewegen den Pinsel, die Leertaste kritzelt.",
  "noise.guess": "was das Netz vermutet",
  "noise.original": "das Original",
  "noise.picture": "Das Bild mit {percent} % Rauschen",
  "noise.clean": "Kein Rauschen: ein Trainingsbild, wie es ist. Schieb am Regler oder kritzle darauf.",
  "noise.noisy": "Rauschen: {percent} %. Das Bild steckt noch darin. Lass das Netz danach suchen.",
  "noise.nothing": "Rauschen: {percent} %. Vom Bild ist so gut wie nichts übrig. Was das Netz jetzt findet, denkt es sich aus.",
  "noise.scribbled": "{n} Pixel sind jetzt reines Rauschen. Das Netz muss sie aus dem Rest ergänzen.",
  "noise.nothingToDo": "Hier ist kein Rauschen wegzunehmen. Schieb welches hinein oder kritzle.",
  "noise.found": "Es hat das Bild wiedergefunden: Im Mittel liegt ein Pixel um {levels} von 255 Stufen daneben.",
  "noise.nearly": "Es hat fast dasselbe Bild gefunden: Im Mittel liegt ein Pixel um {levels} von 255 Stufen daneben.",
  "noise.invented": "Es hat ein anderes Bild gefunden: Im Mittel liegt ein Pixel um {levels} von 255 Stufen daneben. Dieses hier ist ausgedacht.",

  // 2
  "copies.title": "Das Paradox",
  "copies.before": `
Was würde der beste Entrauscher der Welt tun? Nehmen wir an, es gäbe keine anderen sauberen Bilder als die sechshundert, aus denen
er gelernt hat. Dann hat die Frage „Was steckt hinter diesem Rauschen?“ eine genaue Antwort. Jedes Trainingsbild bekommt eine Stimme, und je näher
es dem ist, was man sieht, desto schwerer wiegt sie. Die beste Antwort ist der Durchschnitt aller Bilder, gewichtet nach ihren Stimmen.
(In Fachartikeln heißt das <dfn>A-posteriori-Mittel</dfn>.)

Das ist eine Formel. Sie braucht kein Training, und bei diesen Bildern kann nichts sie schlagen. Gleich zeichnet sie zwanzigmal, aus zwanzigmal
anderem Rauschen. Was erwartest du?`,
  "copies.after": `
Alles Kopien, bis aufs letzte Pixel. Es kann gar nicht anders sein: Wenn das Rauschen schwindet, zieht ein einziges Trainingsbild alle Stimmen an sich.

Das ist das Paradox. Ein Modell, das seine Lektion <em>perfekt</em> gelernt hätte, könnte nur abschreiben. Wenn echte Modelle uns Neues zeigen, dann deshalb,
weil ihnen zur Vollkommenheit etwas fehlt. Die spannende Frage ist: was?

Allen fehlt es nicht. Ein Netz mit viel Platz und wenigen Bildern lernt sie auswendig; bei vielen hört es auf abzuschreiben und fängt an zu erfinden
(Kadkhodaie und andere, 2024). Große Modelle tun beides: Forscher haben Trainingsbilder fast unverändert wieder aus ihnen herausgeholt, auch Fotos wirklicher
Menschen, meist solche, die das Modell sehr oft zu sehen bekommen hatte (Carlini und andere, 2023).`,
  "copies.ask": "Das sind die sechshundert Turnschuhe, die sie kennt. Was wird der beste Entrauscher zeichnen?",
  "copies.guess-new": "neue Turnschuhe",
  "copies.guess-average": "verschwommene Mittelwerte",
  "copies.guess-copies": "Kopien",
  "copies.answer": "Es waren Kopien, alle zwanzig Mal.",
  "copies.wallFirst": "{n} Turnschuhe, alles, was diese Maschine kennt.",
  "copies.caption": "Oben zwanzig Bilder der idealen Maschine, darunter die Trainingsbilder. Jedes fliegt zu dem Bild, das es ist. Wähle eines aus, um beide zu vergleichen.",
  "copies.still": "Zwanzig gezeichnete Schuhe über einer Wand aus sechshundert Trainingsbildern, von denen zwanzig umrandet sind: dieselben Schuhe.",
  "copies.waiting": "Noch nicht gezeichnet",
  "copies.samples": "Zwanzig Bilder der Maschine",
  "copies.sample": "Bild {n}",
  "copies.wall": "Alle sechshundert Trainingsbilder",
  "copies.drawn": "gezeichnet",
  "copies.training": "aus den Trainingsbildern",
  "copies.picture": "Trainingsbild {number}",
  "copies.again": "Noch einmal zwanzig",
  "copies.drawing": "Die ideale Maschine zeichnet zwanzig Bilder …",
  "copies.difference": "Bild {n} und Trainingsbild {number}. An dem Pixel, an dem sie sich am meisten unterscheiden, liegen sie {levels} von 255 Graustufen auseinander.",
  "copies.copies": "{copies} von {of} sind Trainingsbilder. Der größte Unterschied in irgendeinem Pixel von ihnen allen: {levels} von 255 Graustufen.",

  // 3
  "locality.title": "Kurzsichtig",
  "locality.before": `
Netze für Bilder bestehen zum größten Teil aus <dfn>Faltungen</dfn>. Eine Faltung schaut um jedes Pixel herum auf einen kleinen Ausschnitt; ein Stapel davon schaut auf Ausschnitte von
Ausschnitten. So hängt jedes Pixel der Antwort von einem Fenster um sich herum ab und kaum von dem, was außerhalb liegt. Das Netz ist kurzsichtig.
Der Fachausdruck dafür ist <dfn>Lokalität</dfn>.

Geben wir unserer Kopiermaschine diesen einen Fehler. Jetzt hält jedes Pixel seine eigene Abstimmung ab und beurteilt die Trainingsbilder nur nach dem
Fenster um sich herum. Sein Nachbar kommt vielleicht zu einem anderen Ergebnis. Schieb das Fenster von drei Pixeln auf bis zum ganzen Bild. Das
Rauschen bleibt dabei immer gleich.`,
  "locality.after": `
Rechts eine Kopie. Ganz links Brei: Pixel, die fast nichts voneinander wissen, bringen gemeinsam nichts zustande. Dazwischen ist jede Gegend
irgendeinem Trainingsbild treu, aber verschiedene Gegenden folgen verschiedenen, und das Ganze hat es noch nie gegeben. Niemand hat der Maschine
gesagt, sie solle originell sein. Sie sieht nur nicht weit genug, um abzuschreiben.

Wo ist sie am lebendigsten? Dafür gibt es keine Formel. Trau deinen Augen.

Sind die Faltungen schuld? Lukoianov und andere (2025) sagen nein und zeigen, warum: In den meisten Bildern hat ein Pixel mit seinen Nachbarn mehr zu tun als mit allem,
was weit weg ist. Selbst ein einfacher Filter, der überallhin schauen dürfte, lernt, in die Nähe zu schauen. Vielleicht sind es also die Bilder, die das Kurzsichtige
lehren, woraus das Netz auch gebaut ist. Unserer Maschine ist das gleich: Sie fragt, wie weit das Netz sieht, nicht warum. In Kapitel 7 lassen sich
beide Fenster über ein Bild legen: das am Netz gemessene und das, welches die Bilder nahelegen.`,
  "locality.caption": "Dasselbe Rauschen, gezeichnet von Maschinen mit Fenstern von 3 × 3 Pixeln bis zum ganzen Bild. Die Balken sagen, wie weit jedes Bild vom nächsten Trainingsbild entfernt ist: kein Balken, eine Kopie.",
  "locality.still": "Vierzehn Pullover aus demselben Rauschen. Die ersten sind fleckig, die mittleren zusammengestückelt, die letzten Kopien.",
  "locality.waiting": "Noch nicht gezeichnet",
  "locality.window": "Jedes Pixel sieht",
  "locality.sees": "{k} × {k} Pixel",
  "locality.everything": "alles",
  "locality.all": "Dasselbe Rauschen mit jedem Fenster",
  "locality.drawn": "das Bild der Maschine",
  "locality.nearest": "das nächste Trainingsbild",
  "locality.another": "Anderes Rauschen",
  "locality.drawing": "Vierzehn Fenster werden gezeichnet …",
  "locality.picture": "Bild der Maschine, Fenster: {window}",
  "locality.training": "Trainingsbild {number}",
  "locality.soup": "Fenster: {window}. Zu wenig, um sich zu einigen: Flecken aus Hell und Dunkel, {distance} vom nächsten Trainingsbild entfernt.",
  "locality.collage": "Fenster: {window}. Eine Collage: Das nächste Trainingsbild, Nummer {number}, ist {distance} entfernt.",
  "locality.copy": "Fenster: {window}. Eine Kopie von Trainingsbild {number}: nur {distance} entfernt.",

  // 4
  "blindness.title": "Ortsblind",
  "blindness.before": `
Faltungen haben einen zweiten Fehler. Sie tun überall dasselbe: Eine kleine Regel gleitet über das ganze Bild, also kann sie nicht wissen, ob sie gerade oben links oder unten rechts
ist. Der Fachausdruck dafür ist <dfn>Translationsäquivarianz</dfn>: Verschiebe, was hineingeht, und was herauskommt, ist mitverschoben.

Für unsere Maschine heißt das: Ein Pixel darf seine Antwort aus einem Ausschnitt von <em>irgendwo</em> aus irgendeinem Trainingsbild bekommen. Ein Ärmel kann
an einem Saum auftauchen. Einen Hinweis haben echte Netze immerhin: Jenseits des Bildrands sehen sie Nullen, also merkt ein Pixel nahe am Rand, wo es ist. Das macht drei
Maschinen. Eine kennt ihren Platz, eine kennt nur den Rand, und eine ist ganz verloren. Schieb das Rauschen zur Seite und schau,
wer mitgeht.`,
  "blindness.after": `
Die verlorene Maschine folgt dem Rauschen Pixel für Pixel: Sie kennt keine Mitte, kein Oben, keinen Pullover. Sie kennt Ausschnitte. Die zweite wird
von nichts gehalten als von den vier Rändern. Behalte sie im Auge: Sie hat beide Fehler eines Netzes aus Faltungen, und sonst nichts
von ihm.`,
  "blindness.ask": "Alle drei haben aus demselben Rauschen gezeichnet. Jetzt wird es um fünf Pixel nach rechts geschoben. Welche zeichnet noch einmal dasselbe, nur verschoben?",
  "blindness.guess-none": "keine",
  "blindness.guess-place": "die ihren Platz kennt",
  "blindness.guess-border": "die den Rand kennt",
  "blindness.guess-lost": "die verlorene",
  "blindness.answer": "Es war die verlorene, und nur sie.",
  "blindness.caption": "Drei Maschinen, ein Rauschen, vor und nach dem Schieben. Was auf einer Seite hinausgeht, kommt auf der anderen wieder herein.",
  "blindness.still": "Die Bilder dreier Maschinen, bevor und nachdem das Rauschen geschoben wurde: Nur das letzte, ein Gewirr aus Ärmeln, ist mitgewandert.",
  "blindness.first": "vorher",
  "blindness.second": "nachher",
  "blindness.waiting": "Noch nicht gezeichnet",
  "blindness.push": "Schieb das Rauschen nach rechts",
  "blindness.pixels": "um {n} Pixel",
  "blindness.pixels.one": "um ein Pixel",
  "blindness.noise": "Das Rauschen, um {n} Pixel nach rechts geschoben",
  "blindness.source": "das Rauschen",
  "blindness.local": "kennt ihren Platz",
  "blindness.bbels": "kennt den Rand",
  "blindness.els": "ist verloren",
  "blindness.another": "Anderes Rauschen",
  "blindness.drawing": "zeichnet …",
  "blindness.working": "Drei Maschinen zeichnen aus diesem Rauschen …",
  "blindness.picture": "Bild der Maschine: Sie {machine}",
  "blindness.pictureAfter": "Bild der Maschine: Sie {machine}; nach einem Schub um {n} Pixel",
  "blindness.follows": "Ist mitgegangen.",
  "blindness.changes": "Hat etwas anderes gezeichnet.",
  "blindness.seen": "Alle drei sehen {k} × {k} Pixel.",
  "blindness.ready": "Alle drei sehen {k} × {k} Pixel. Jetzt schieb das Rauschen.",
  "blindness.pushed": "Um {n} geschoben. Das Bild der verlorenen Maschine ist mitgewandert: Es weicht vom ersten, ebenso verschobenen, um höchstens {levels} von 255 Graustufen ab. Die anderen zwei mussten neu nachdenken.",

  // 5
  "prediction.title": "Die Vorhersage",
  "prediction.before": `
Jetzt kommt die Probe. Die Maschine mit den zwei Fehlern ist eine Formel. Nichts an ihr wurde trainiert; vom Netz nimmt sie nur, wie weit es in jedem Schritt sieht, einmal
gemessen. Wenn diese
Fehler das sind, was Netze erfinderisch macht, dann müsste sie vorhersagen, was ein trainiertes Netz zeichnet. Nicht den Stil: genau das Bild, Rauschen
für Rauschen. Die Zahl, die das Rauschen festlegt, heißt <dfn>Seed</dfn>.

Für die Ähnlichkeit nehmen wir <dfn>Pearsons r</dfn>: 1 heißt dasselbe Bild bis auf Helligkeit und Kontrast, 0 heißt nichts gemeinsam. Das braucht einen
Boden, auf dem man stehen kann. Zwei Pullover ähneln sich immer ein wenig: Zwei Bilder des UNet vom selben Kleidungsstück, aber aus verschiedenem Rauschen, kommen auf {floorUnet}. Was
deutlich darüber liegt, heißt mehr als „auch ein Pullover“.

Jeder Punkt ist ein Seed. Seine Höhe sagt, wie gut die Maschine mit den Fehlern das Netz trifft; sein Platz von links nach rechts, wie gut es die perfekte Kopiermaschine tut.
Über der schrägen Linie erklären die Fehler mehr als das Gedächtnis. Hundert Seeds sind schon bekannt und stehen in Grau da. Drück auf einen, und er wird hier noch einmal
gezeichnet; oder nimm einen, den noch niemand probiert hat.`,
  "prediction.after": `
Über hundert Seeds und alle zehn Kleidungsstücke liegt der mittlere Wert von r beim UNet bei {machineUnet} und bei {machineResnet} für das ResNet, das am wenigsten sieht. Die
Kopiermaschine kommt auf {copierUnet} und {copierResnet}, zwei Bilder, die nichts miteinander zu tun haben, auf {floorUnet} und {floorResnet}. Keiner der hundert fällt bis auf den Boden seines Kleidungsstücks. Eine Formel aus dem Jahr 2025 sagt das meiste von
dem vorher, was diese Netze „sich vorstellen“.

Sie scheitert auch, und es lohnt sich hinzuschauen, wo. Mit <dfn>Attention</dfn>, also Schichten, durch die jedes Pixel jedes andere fragen kann, ist ein Netz nicht mehr
kurzsichtig, und r fällt auf {machineAttention}. Und der Fairness halber: Bei so kleinen und weichen Bildern ist für das UNet ein schlichter linearer Filter (der
<dfn>Wiener-Filter</dfn>) fast genauso gut, {wienerUnet}. Beim ResNet schafft er {wienerResnet}.

Der Filter hat die umgekehrten Tugenden: Er sieht das ganze Bild, weiß aber nur, was üblich ist, und nichts von einzelnen Stücken. Nimm also in jedem Schritt das Mittel beider
Vermutungen und lass, sobald das Rauschen sich lichtet, jedes Fenster für alle Pixel sprechen, die es überdeckt, nicht nur für seine Mitte. Die Mischung sagt das UNet mit {blendUnet} voraus und das Netz mit Attention mit {blendAttention}. Wie viel davon Stücke sein müssen, wird für jedes Netz einmal
gemessen, und es sagt, wo das Netz steht: im Mittel {shareResnet} % beim ResNet, {shareUnet} % beim UNet, {shareAttention} % mit Attention. Je weniger kurzsichtig ein Netz ist, desto mehr
stützt es sich auf das Übliche. Auch während ein Netz lernt,
verschiebt sich das: Wo das Rauschen am dichtesten ist, geht ein junges Netz nach Stücken, ein älteres nach dem Ganzen.
Was der Mischung am UNet entgeht, ist fein und liegt meist an Kanten; und die Hälfte davon zeichnet das Netz mit Attention genauso. Diese Hälfte ist keine Laune eines Netzes: Eine bessere Formel könnte sie sagen.

Und die andere Lesart der Kurzsicht, vom Ende des dritten Kapitels? Auch nach ihr kann eine Maschine gehen: Jedes Pixel bleibt an seinem Ort und sieht, was in den Trainingsbildern
mit ihm zusammengehört, ob nah oder fern. Keine Zahl darin wurde an einem Netz gemessen. Sie sagt das Netz mit Attention mit {pcaAttention} voraus und das UNet mit {pcaUnet}, das
ResNet aber nur mit {pcaResnet}. So gelten beide Lesarten: Ein Netz, das überallhin schauen darf, schaut, wo es sich lohnt; eines, das es nicht kann, hält seine Bauart zurück.`,
  "prediction.caption": "Netz und Maschine aus demselben Rauschen, beide in zwanzig Schritten. Graue Punkte sind schon bekannt, farbige wurden hier gezeichnet. Dunkler: dasselbe Kleidungsstück. Gepunktet: sein Boden, worauf zwei Bilder kommen, die sonst nichts gemeinsam haben.",
  "prediction.still": "Eine Wolke aus Punkten, fast alle über der Diagonale: Die kurzsichtige Maschine trifft das Netz besser als die Kopiermaschine.",
  "prediction.ask": "Zweimal dasselbe Rauschen: Ein Bild ist vom Netz, das andere hat die Formel vorhergesagt. Welches hat das Netz gezeichnet?",
  "prediction.guess-a": "A",
  "prediction.guess-b": "B",
  "prediction.right": "Stimmt. Das andere ist von der Formel.",
  "prediction.wrong": "Es war das andere. Dieses ist von der Formel.",
  "prediction.twins": "Zweimal das Gleiche ({what}), aus demselben Rauschen.",
  "prediction.t-shirt": "T-Shirt",
  "prediction.trouser": "Hose",
  "prediction.pullover": "Pullover",
  "prediction.dress": "Kleid",
  "prediction.coat": "Mantel",
  "prediction.sandal": "Sandale",
  "prediction.shirt": "Hemd",
  "prediction.sneaker": "Turnschuh",
  "prediction.bag": "Tasche",
  "prediction.ankle-boot": "Stiefelette",
  "prediction.waiting": "Noch nicht gezeichnet",
  "prediction.network": "Netz",
  "prediction.unet": "UNet",
  "prediction.resnet": "ResNet",
  "prediction.attention": "mit Attention",
  "prediction.plot": "Ein Punkt für jeden Seed; die Pfeiltasten gehen von Punkt zu Punkt",
  "prediction.across": "r von Kopiermaschine und Netz",
  "prediction.upward": "r von Maschine und Netz",
  "prediction.machine": "Vorhergesagt von",
  "prediction.by-bbels": "der Maschine",
  "prediction.by-blend": "halb Maschine, halb Durchschnitt",
  "prediction.drawn": "das Netz hat gezeichnet",
  "prediction.foretold": "die Maschine hat vorhergesagt",
  "prediction.drawnBy": "Vom Netz gezeichnet ({network}), Seed {seed}",
  "prediction.foretoldFor": "Von der Maschine vorhergesagt, Seed {seed}",
  "prediction.worst": "Zeig den schlechtesten",
  "prediction.more": "Ein Seed, den noch niemand hatte",
  "prediction.drawing": "{network}, {what}: Das Netz zeichnet, die Maschine sagt vorher …",
  "prediction.dot": "Seed {seed}, hier gezeichnet: r = {r} für die Maschine, {copy} für die Kopiermaschine",
  "prediction.knownDot": "Seed {seed}, bekannt: r = {r} für die Maschine, {copy} für die Kopiermaschine",
  "prediction.chosen": "Seed {seed} ({what}): r = {r} für die Maschine, {copy} für die Kopiermaschine.",
  "prediction.again": "Bekannt war: {known}.",
  "prediction.floor": "Zwei beliebige Bilder dieser Art kommen auf {floor}.",
  "prediction.floorLine": "Boden ({what})",

  // 6
  "learning.title": "Während es lernt",
  "learning.before": `
Bisher kamen die Netze fertig daher. Woher haben sie ihre Gewohnheiten? Sieh zweien beim Lernen zu. Jedes beginnt mit ausgelosten Zahlen und spielt das Spiel aus dem ersten
Kapitel: ein verrauschtes Bild, ein Tipp, eine kleine Berichtigung, und das nächste. Niemand verlangt, dass es erfindet, und niemand verbietet ihm, zu kopieren.

Beide bekamen dieselben acht Stiefeletten zu sehen, wieder und wieder. Sie unterscheiden sich in einem: Beim kurzsichtigen sieht jedes Pixel 13 × 13 Pixel um sich herum, beim
anderen das ganze Bild.`,
  "learning.after": `
Sie fangen gleich an: Rauschen, Flecken, etwas wie ein Stiefel. Dann trennen sie sich. Das Netz, das alles sieht, spielt immer besser, bis es die acht auswendig kann. Auf dem Weg vom
Nichtwissen zum Gedächtnis wird es zur perfekten Kopiermaschine aus Kapitel 2. Das andere bleibt bei seinen Mischungen, wie es die Maschine mit den Fehlern täte: Es sieht zu wenig,
um zu erkennen, in welchem Stiefel es steckt. Bescheidener als das erste ist es nicht; es sieht nur weniger.

Ein Netz, das alles sieht, muss nicht so enden. Je mehr Bilder es auswendig zu lernen hat, desto länger dauert das, und wer vorher aufhört, behält
Erfindungen. <a href="../learn-de.html">Trainiere beide selbst, in diesem Browser: mit einem Stiefel, mit sechshundert oder mit eigenen Bildern.</a>`,
  "learning.caption": "Was zwei Netze aus demselben Rauschen zeichneten, in zwölf Augenblicken, einmal aufgezeichnet. Eine Kopie liegt einem der acht näher als ein Drittel des Wegs zum nächsten. Der Verlust sagt, wie weit ihre Tipps danebenliegen.",
  "learning.still": "Je acht Bilder von zwei Netzen nach 1500 Schritten: links Mischungen aus Stiefeln, rechts Kopien der Stiefel darüber.",
  "learning.set": "die acht Stiefel, die beide sahen",
  "learning.near": "kurzsichtig",
  "learning.far": "sieht alles",
  "learning.sample": "Bild {n} des Netzes: {who}",
  "learning.picture": "Stiefel {number} von den acht",
  "learning.moment": "Nach so vielen Schritten",
  "learning.step": "{step} Schritte",
  "learning.play": "Von Anfang an",
  "learning.untaught": "weiß noch nichts",
  "learning.found": "{copies} von {of} sind Kopien; Verlust {loss}",
  "learning.beginning": "Vor dem ersten Schritt. Keines weiß etwas, und was sie zeichnen, ist Rauschen.",
  "learning.none": "Nach {step} Schritten. Keines von beiden kopiert.",
  "learning.some": "Nach {step} Schritten. Das Netz, das alles sieht, kopiert {far} von {of} Malen, das kurzsichtige {near}.",
  "learning.someAlone": "Nach {step} Schritten. Das Netz, das alles sieht, kopiert {far} von {of} Malen, das kurzsichtige kein einziges Mal.",

  // 7
  "origins.title": "Woher kommt dieses Pixel?",
  "origins.before": `
Die Maschine lebt von Abstimmungen, also können wir fragen, wer gewonnen hat. Für jedes Pixel gibt es einen Ausschnitt aus den Trainingsbildern, der am schwersten wog. Gib
jedem Trainingsbild eine Farbe, male jedes Pixel in der Farbe seines Siegers, und die Zeichnung wird zu dem, was sie ist: ein Mosaik. Zeig auf
einen Stein, um das Bild hervorzuziehen, aus dem er geschnitten ist.`,
  "origins.after": `
Solange das Fenster weit ist, halten wenige Bilder große Gebiete. Wird es enger, zerfallen sie in Hunderte, und eine einzelne Stimme zählt kaum noch: In einem Fenster aus drei
Pixeln sieht glatter Stoff überall gleich aus.

Schalte <em>welche Pixel zusammengehören</em> ein, und ein zweiter Umriss erscheint. Er weiß nichts von einem Netz: Er umschließt die Pixel, die sich von Pullover zu Pullover
mit deinem ändern, so wie der einfache Filter sie gewichtet. Oft hat er auf der anderen Seite einen zweiten Teil: Pullover sind symmetrisch, also verrät der Zwilling eines
Pixels dort drüben mehr als ein Fremder nebenan. Beide Umrisse schrumpfen, während das Rauschen geht, und keiner hat vom anderen erfahren. Das Quadrat sagt, wie weit das
Netz schaut; der ausgefranste Fleck, wo sich das Schauen lohnt.

Das also heißt hier <em>neu</em>. Kein Stück ist erfunden; die Anordnung ist es. Und weil das Netz fast dasselbe Bild zeichnet, ist das Mosaik eine gute Vermutung, woher
<em>seine</em> Pixel stammen. Ob das Handwerk ist oder Diebstahl, darüber lässt sich streiten. Jetzt kannst du es mit Zahlen tun.`,
  "origins.caption": "Links das Bild der Maschine und sein Mosaik. Zeige, tippe oder lauf mit den Pfeiltasten: Rechts steht das Trainingsbild, dessen Ausschnitt für dieses Pixel am schwersten wog.",
  "origins.still": "Ein Pullover als Mosaik aus farbigen Steinen und daneben eines der Trainingsbilder, aus denen er besteht.",
  "origins.waiting": "Noch nicht gezeichnet",
  "origins.mosaic": "als Mosaik",
  "origins.together": "welche Pixel zusammengehören",
  "origins.looking": "Gesucht werden Pixel, die zusammengehören …",
  "origins.joined": "Ginge es nur nach den Trainingsbildern, sähe es {n} Pixel: die, die sich mit ihm ändern.",
  "origins.joined.one": "Ginge es nur nach den Trainingsbildern, sähe es sich selbst und sonst nichts.",
  "origins.step": "Bei Schritt",
  "origins.stepOf": "{n} von {of}",
  "origins.sources": "Die Trainingsbilder mit den meisten Pixeln",
  "origins.another": "Ein anderer Pullover",
  "origins.keys": "Die Pfeiltasten wählen ein Pixel.",
  "origins.picture": "Das Bild der Maschine bei Schritt {n} von {of}",
  "origins.training": "Trainingsbild {number}",
  "origins.won": "Trainingsbild {number}: {n} Pixel",
  "origins.drawing": "Die Maschine zeichnet und bewahrt die Stimmen auf …",
  "origins.pixel": "Das Pixel in Zeile {row}, Spalte {column} hat {k} × {k} Pixel gesehen. Der Ausschnitt, der am schwersten wog, ist aus Trainingsbild {number}, mit {share} % der Stimmen.",
  "origins.distinct": "Bei Schritt {step} gewinnen in diesem einen Bild irgendwo {n} Trainingsbilder.",
  "origins.distinct.one": "Bei Schritt {step} gewinnt überall ein einziges Trainingsbild.",

  // 8
  "uturn.title": "Hin und zurück",
  "uturn.before": `
Man kann ein Bild ins Rauschen schicken und zurückrufen. Nimm einen echten Turnschuh, gib Rauschen dazu bis zu einem Punkt, kehr um und lass das Netz das Rauschen wieder wegnehmen. Niemand sagt ihm, was es war. Kehrst
du früh um, kommt derselbe Schuh zurück, nur in Einzelheiten verändert. Gehst du den ganzen Weg, zeichnet das Netz, was die Würfel sagen. Irgendwo dazwischen geht der Schuh verloren.

Wo? Sclocchi, Favero und Wyart (2025) haben es vorhergesagt und an Fotografien gefunden: Einzelheiten gehen nach und nach, aber die Art des Dings geht auf einmal, an einem scharfen Punkt. Hier geht ein Kleidungsstück
diesen Weg achtmal, jedes Mal mit anderem Rauschen.`,
  "uturn.after": `
Mit {noiseEarly} % Rauschen kommen {keptEarly} von hundert Kleidungsstücken als das zurück, was sie waren. Bei {noiseHalf} % sind es {keptHalf}, und aus reinem Rauschen {keptLast}, nicht besser als gelost. Die Art
geht also verloren, aber hier ist es kein scharfer Punkt: Aus Hemden werden früh T-Shirts, Pullover und Mäntel, Sandalen halten sich lange. Frag stattdessen nach der Familie, ob man es über oder unter der Hüfte
trägt, ob es ein Schuh ist oder eine Tasche, und es wird eher eine Klippe: Bei {noiseFamily} % Rauschen sind {familiesFamily} von hundert noch in ihrer, und erst dann fallen sie. Das Allgemeinste geht
zuletzt verloren. Auf dem Weg aus dem Rauschen entscheidet es sich also zuerst, und die Einzelheiten kommen am Ende.

Und etwas kommt immer mit. Bei {noiseStranger} % Rauschen haben Bilder, die als etwas anderes zurückkamen, noch ein r = {ownStranger} mit eben dem Bild, das sie waren, und nur {otherStranger} mit einem anderen
seiner Art. Hell und Dunkel, eine Breite, eine Schräge sind geblieben, wo sie waren, und werden anders gebraucht.`,
  "uturn.caption": "Ein Trainingsbild geht bis zum gewählten Rauschen und kommt in zwanzig Schritten zurück, durch das Netz, dem kein Kleidungsstück genannt wird. Die Kurven wurden aufgezeichnet: 400 Trainingsbilder, 40 von jedem Kleidungsstück, jedes an jedem von zwölf Punkten einmal hin und zurück. Ob es dieselbe Art ist, sagt ein Richter, ein Netz, das gelernt hat, Kleidungsstücke zu unterscheiden. Vierzig sind wenige: Der Anteil eines Kleidungsstücks kann um 8 von hundert danebenliegen, oder um 15.",
  "uturn.still": "Ein Turnschuh, derselbe unter Rauschen, und acht Bilder, die zurückkamen: die meisten sind Schuhe. Darunter Kurven, die mit dem Rauschen fallen.",
  "uturn.waiting": "Noch nicht gezeichnet",
  "uturn.kind": "Kleidungsstück",
  "uturn.start": "ein Trainingsbild",
  "uturn.training": "Trainingsbild {number}: {kind}",
  "uturn.noised": "mit {percent} % Rauschen",
  "uturn.back": "und zurück: dasselbe Bild, achtmal mit anderem Rauschen",
  "uturn.returned": "Was zurückkam, {n} von 8",
  "uturn.turn": "Umkehren bei",
  "uturn.noise": "{percent} % Rauschen",
  "uturn.another": "Anderes Rauschen",
  "uturn.picture": "Ein anderes Bild",
  "uturn.drawing": "Ins Rauschen und zurück …",
  "uturn.recorded": "Umgekehrt bei {percent} % Rauschen. Aufgezeichnet ist: {own} % kamen als die Art zurück, die sie waren (hier: {kind}); von allen Kleidungsstücken behielten {all} % ihre Art, {family} % ihre Familie. Die acht hier oben beurteilt niemand außer dir.",
  "uturn.chart": "Wie viele ihre Art behielten, und wie viele ihre Familie, je nachdem, wo sie umkehrten",
  "uturn.chartY": "als das zurückgekommen, was sie waren",
  "uturn.chartX": "umgekehrt bei t",
  "uturn.all": "alle Arten zusammen",
  "uturn.family": "dieselbe Familie: über der Hüfte, Hosen, Schuhe, Taschen",

  // 9
  "fingers.title": "Ein Finger zu viel",
  "fingers.before": `
Bildmodelle sind berüchtigt für Hände mit sechs Fingern. Unser kleines Netz kennt keine Hände, aber es hat dieselbe Krankheit: Hosen mit drei
Beinen. Die Theorie sagt, wie es dazu kommt.

Solange das Rauschen stark ist, braucht jedes Pixel das ganze Bild, um überhaupt etwas zu erkennen, und sein Fenster ist weit. Schwindet das Rauschen, dann schrumpft das
Fenster. Von irgendeinem Schritt an sieht die linke Seite die rechte nicht mehr. Was die beiden bis dahin nicht geklärt haben, klärt sich später nur noch schwer. Jede
Seite macht weiter und macht ihre Sache gut.`,
  "fingers.after": `
Wie oft kommt das vor? Wir haben am Saum die Beine gezählt. Von {looked} Hosen aus dem ResNet, dessen Pixel nie mehr als 15 × 15 Pixel sehen, haben {legsResnet} mehr als
zwei. Von ebenso vielen aus dem UNet, das am Anfang fast das ganze Bild im Blick hat, keine. Von {real} echten eine; auf dem Bild sind zwei Hosen.

Schau genau hin: Keine Einzelheit ist falsch. Jedes Bein ist ein gutes Bein. Falsch ist nur die Summe, und kein Pixel war in der Lage zu zählen. Auch das Gegenmittel ist
bekannt: Größere Netze geben jedem Pixel einen langen Arm (Attention), und solche Schnitzer werden seltener.`,
  "fingers.caption": "Bilder des trainierten Netzes, nicht der Maschine. Der Rahmen ist das Fenster eines Pixels in diesem Schritt, wie es für dieses Netz gemessen wurde.",
  "fingers.still": "Eine Hose mit drei Beinen und ein Rahmen, der zu klein ist, um zwei davon zu fassen.",
  "fingers.waiting": "Noch nicht gezeichnet",
  "fingers.suspects": "was das Netz in diesem Schritt vermutet",
  "fingers.step": "Schritt",
  "fingers.stepOf": "{n} von {of}",
  "fingers.finds": "Fundstücke, nach Seed",
  "fingers.find": "{what}, {network}, Seed {seed}",
  "fingers.unet": "UNet",
  "fingers.resnet": "ResNet",
  "fingers.trouser": "Hose",
  "fingers.search": "Weitersuchen",
  "fingers.stop": "Suche anhalten",
  "fingers.drawing": "Das Netz zeichnet …",
  "fingers.picture": "Vermutung des Netzes in Schritt {n} von {of}",
  "fingers.windowNow": "In Schritt {n} hängt jedes Pixel der Vermutung von ungefähr {now} × {now} Pixeln ab: dem Rahmen. Er liegt um das äußerste Bein.",
  "fingers.parted": "{count} Beine stehen nebeneinander, die äußersten {distance} Pixel auseinander. In Schritt {step} ist das Fenster auf {k} × {k} geschrumpft, ein Pixel sieht also {reach} nach jeder Seite. Von da an wussten die äußeren Beine voneinander nur noch vom Hörensagen, von Nachbar zu Nachbar.",
  "fingers.never": "{count} Beine stehen nebeneinander, die äußersten {distance} Pixel auseinander. Schon im ersten Schritt ist das Fenster nur {k} × {k} groß, ein Pixel sieht also {reach} nach jeder Seite. Die äußeren Beine wussten voneinander nur vom Hörensagen, von Nachbar zu Nachbar.",
  "fingers.sound": "Nach unserer Zählung ist hier nichts falsch: {count} Beine.",
  "fingers.looked": "Noch {looked} Seeds angesehen, {n} gefunden. (Von den {of} Trainingsbildern hat {odd} so viele Beine: zwei Hosen auf einem Bild.)",

  // 10
  "mixing.title": "Zwei Wörter in einem Bild",
  "mixing.before": `
Wenn die Vermutung über ein Pixel nur von seiner Umgebung abhängt, dann kann man verschiedenen Teilen eines Bildes Verschiedenes sagen. In jedem Schritt fragen wir das Netz
zweimal, einmal nach einer Katze und einmal nach einem Zylinder. Über einer Linie folgen wir der zweiten Vermutung, darunter der ersten. Niemand hat das Netz mit Katzen in Hüten
trainiert, und niemand zeigt ihm, wo der Hut anfängt. Nahe der Linie sieht jedes Pixel von beidem etwas und sorgt dafür, dass es zusammenpasst.

Das Bild daneben sagt, was die Wörter getan haben. In jedem Schritt zieht jedes Wort jedes Pixel von dem weg, was das Netz ohne Wörter vermutet hätte. Zähl zusammen, wie weit, und mal
jedes Pixel in der Farbe des Wortes, das es weiter gezogen hat: eine Karte davon, wer was gezeichnet hat.`,
  "mixing.after": `
Ein Hut muss wenig von der Katze wissen: nur, wo der Kopf ist, und der ist gleich nebenan. Also gelingt er, und ebenso ein halbes Fahrrad, das als halbes Auto weiterrollt. Ein Gesicht ist etwas
anderes. Zwei Augen müssen ein Paar sein, und eine halbe Katze neben einer halben Eule gibt ein Gesicht, in dem niemand zu Hause ist: Worüber sich die Hälften einigen müssten, liegt weit
auseinander. Es ist noch einmal die Hose mit drei Beinen.

Das lässt sich genau sagen. Vermutungen darf man zusammenzählen (Liu und andere, 2022), und die Summe ist, was man sich erhofft, solange jedes Wort seinen eigenen Teil des Bildes hat und den Rest
in Ruhe lässt (Bradley und andere, 2025). Das ist noch einmal Kurzsichtigkeit, für Pixel wie für Wörter (Bradley, 2025): Das Mischen macht sie sich zunutze, und es endet, wo sie endet.`,
  "mixing.caption": "Links das Bild; rechts jedes Pixel in der Farbe des Wortes, das es auf dem Weg aus dem Rauschen weiter bewegt hat; je blasser, desto weniger. Das Netz zeichnet Emoji aus 64 × 64 Pixeln. Trainiert wurde es mit einem einzigen Ding in jedem Bild. Ein wenig Attention hat es auch, darum sieht es weiter als die Netze davor.",
  "mixing.still": "Eine Katze mit Zylinder, und daneben eine Karte in zwei Farben: oben die des Hutes, unten die der Katze.",
  "mixing.waiting": "Noch nicht gezeichnet",
  "mixing.asked": "Diese Figur braucht ein zweites Netz, 4 MB groß. Es wird geholt, wenn du drückst.",
  "mixing.begin": "Hier zeichnen",
  "mixing.another": "Noch eins",
  "mixing.drawing": "Das Netz zeichnet, nach zweierlei gefragt …",
  "mixing.edge": "Grenze",
  "mixing.pair": "Zwei Wörter",
  "mixing.hat": "Katze, Zylinder",
  "mixing.wheels": "Fahrrad, Auto",
  "mixing.faces": "Katze, Eule",
  "mixing.cat": "Katze",
  "mixing.top-hat": "Zylinder",
  "mixing.bicycle": "Fahrrad",
  "mixing.car": "Auto",
  "mixing.owl": "Eule",
  "mixing.picture": "Was aus „{first}“ und „{second}“ geworden ist",
  "mixing.map": "Die Karte: wo „{first}“ und wo „{second}“ die Pixel weiter bewegt hat",
  "mixing.moved": "Auf seiner Seite der Grenze hat „{second}“ {there} % der Pixel am weitesten bewegt; auf der anderen „{first}“ {here} %.",
  "mixing.hatSays": "Wo sich beide treffen, gibt jedes ein wenig nach.",
  "mixing.wheelsSays": "Zwei Fahrzeuge, eine Achse: An der Naht müssen sich die Pixel nur mit ihren Nachbarn einigen.",
  "mixing.facesSays": "Jedes Stück ist gut, und doch ist es kein Gesicht: Seinen Hälften wurde Verschiedenes gesagt, und einigen müssten sie sich über die Ferne.",

  // 11
  "words.title": "Welches Wort malt welches Pixel?",
  "words.before": `
Nun umgekehrt: mehrere Wörter für ein Bild. Wer malt was? Nimm ein Wort weg und sieh nach. In jedem Schritt wird das Netz zweimal nach demselben verrauschten Bild gefragt, einmal mit
allen Wörtern und einmal ohne eines. Wo beide Vermutungen gleich sind, hatte das Wort nichts zu sagen. Wo sie sich unterscheiden, schon. Zähl die Unterschiede zusammen, und jedes Wort hat
seine Karte.`,
  "words.after": `
Manche Wörter bleiben an ihrem Ort: die Sonnenbrille bei den Augen, die Maske beim Mund. Andere haben keinen: „rot“ liegt gleichmäßig auf der ganzen Frucht. Und manche halten alles zusammen: Ein
Pfeil ohne sein Herz ist unter Emoji ein Zeichen auf blauem Quadrat, also bleibt kaum ein Pixel, wie es war.

Die Karte des letzten Kapitels sagte, welches Wort stärker gezogen hat. Diese sagen, was der Vermutung fehlen würde, und das ist nicht ganz dasselbe wie das, was das Wort bedeutet. Aber es ist die
Frage, an der das Mischen hängt (Bradley, 2025): Kommt ein Pixel ohne die meisten Wörter aus? Wo es das tut, lassen sich Wörter zusammenstellen, die nie beisammen waren. Wo nicht, zerfällt die Mischung.

Zieh am Regler, und du siehst, wann Wörter gehört werden. Mehr als die Hälfte der Änderung fällt in die ersten zwei von acht Schritten. Danach sagt das Bild selbst, was es ist.`,
  "words.caption": "Oben, was mit allen Wörtern und was ohne eines entsteht, das ganze Bild oder die Vermutung in einem Schritt. Darunter eine Karte für jedes Wort: je röter ein Pixel, desto mehr ändert sich die Vermutung, wenn das Wort fehlt. Beide Karten haben dieselbe Skala; sie wird für jede Stellung des Reglers neu gewählt.",
  "words.still": "Ein lächelndes Gesicht mit Sonnenbrille, dasselbe ohne sie, und zwei Karten: Ein Wort arbeitet am Gesicht, das andere dort, wo die Brille sitzt.",
  "words.waiting": "Noch nicht gezeichnet",
  "words.asked": "Diese Figur zeichnet mit dem Netz für Emoji, 4 MB groß. Es wird geholt, wenn du drückst, falls es nicht schon da ist.",
  "words.begin": "Hier zeichnen",
  "words.another": "Noch eins",
  "words.drawing": "Das Netz zeichnet und wird ohne jedes Wort noch einmal gefragt …",
  "words.prompt": "Wörter",
  "words.step": "Schritt",
  "words.all": "alle zusammen",
  "words.stepOf": "{n} von {of}",
  "words.maps": "Eine Karte für jedes Wort; drück auf eine, um genauer hinzusehen",
  "words.map": "Wo sich die Vermutungen ohne „{word}“ ändern",
  "words.without": "ohne „{word}“",
  "words.drawn": "mit allen Wörtern",
  "words.lesser": "ohne „{word}“, gleiches Rauschen",
  "words.guess": "Vermutung in Schritt {n}",
  "words.lesserGuess": "Vermutung ohne „{word}“",
  "words.found": "Ohne „{word}“ ändert sich die Vermutung im ersten Schritt im Mittel um {first} von 255 Stufen, im letzten um {last}. Das Viertel der Pixel, das sich am meisten ändert, hat {share} % der ganzen Änderung.",
  "words.smiling-face": "lächelndes Gesicht",
  "words.sunglasses": "Sonnenbrille",
  "words.face": "Gesicht",
  "words.medical-mask": "Arztmaske",
  "words.heart": "Herz",
  "words.fire": "Feuer",
  "words.red": "rot",
  "words.apple": "Apfel",
  "words.arrow": "Pfeil",
  "words.sunglassesSays": "„Sonnenbrille“ bleibt bei der Brille. „Lächelndes Gesicht“ hat den Rest und lässt die Gläser in Ruhe.",
  "words.maskSays": "„Arztmaske“ arbeitet dort, wo sonst der Mund wäre.",
  "words.fireSays": "Uneins sind die Wörter über den Umriss: Das eine will runde Schultern, das andere Flammen. Innen sind sie sich fast einig.",
  "words.appleSays": "„Rot“ liegt auf der ganzen Frucht und rührt kaum an den Grund ringsum. „Apfel“ hat die Form, und damit auch den Grund.",
  "words.arrowSays": "Hier hat ein Wort keinen eigenen Ort: Ohne „Herz“ denkt das Netz an einen Pfeil auf blauem Quadrat, und fast jedes Pixel ändert sich.",

  // 12
  "guidance.title": "Die Führung, zerlegt",
  "guidance.before": `
Hinter fast jedem Bild eines großen Modells steckt ein Trick. Frag das Netz zweimal, einmal nach dem Kleidungsstück und einmal nach irgendetwas, und bleib nicht bei der ersten Vermutung stehen: Geh
weiter, von der zweiten weg. Das heißt <dfn>Führung</dfn> (<em>guidance</em>, Ho und Salimans, 2022). Das Bild wird dadurch mehr von dem, wonach gefragt war. Was genau kommt dabei hinzu?

Beim Netz kann das niemand sagen. Beim einfachen Filter aus Kapitel 5 schon (Li und andere, 2025). Eine Art von Kleidungsstück unterscheidet sich von allen anderen auf zwei Weisen: im Mittelwert, und darin,
wie ihre Bilder um ihn schwanken. Also zerfällt das, was Führung hinzufügt, in zwei Teile, die sich bis auf die letzte Stelle ergänzen. Die <dfn>Verschiebung</dfn> kommt allein von den Mittelwerten. Der
<dfn>Kontrast</dfn> kommt von den Schwankungen: Er verstärkt, worin sich Bilder dieser Art voneinander unterscheiden, und schwächt, worin sich nur andere unterscheiden.`,
  "guidance.after": `
Die Verschiebung ist ein einziges Bild, dasselbe für jedes Rauschen. Sie beherrscht die ersten Schritte, macht das Kleidungsstück typischer und versiegt. Etwa vom fünften Schritt an ist es mehr Kontrast
als Verschiebung: Kanten werden härter, und das Bild wird wieder weniger typisch. Dreh die Führung auf, und der Kontrast verbrennt es.

Ist es beim Netz genauso? Im ersten Schritt fast: Was Führung seiner Vermutung und der des Filters hinzufügt, hat bei jedem der vier Kleidungsstücke ein r über 0,9. Im dritten Schritt ist r etwa 0,8. Von der
Mitte an haben sie wenig gemeinsam, etwa 0,2: Das Netz braucht seine Führung dann kaum noch, während der Filter weiter und weiter macht. Li und andere haben dasselbe an größeren Netzen gefunden. Die
Erklärung gilt dort, wo Umrisse entschieden werden, und nicht dort, wo es Einzelheiten sind.`,
  "guidance.caption": "Lineare Entrauscher: der Filter eines Kleidungsstücks und der aller zehn. Oben die Vermutung in einem Schritt des Bildes ohne Führung, was beide Teile ihr für jede Einheit über 1 hinzufügen, auf Grau und doppelt so stark (Grau heißt nichts, heller und dunkler, was hinzukommt oder wegfällt), und die Summe. Unten dasselbe Rauschen auf vier Weisen zu Ende gezeichnet.",
  "guidance.still": "Hosen: eine Vermutung, Verschiebung und Kontrast, die Führung hinzufügt, und die geführte Vermutung; darunter dasselbe Rauschen ohne beides, mit einem von beiden und mit beidem gezeichnet.",
  "guidance.waiting": "Noch nicht gezeichnet",
  "guidance.asked": "Diese Figur braucht Bilder aller zehn Kleidungsstücke, 2,7 MB. Sie werden geholt, wenn du drückst, soweit sie nicht schon da sind.",
  "guidance.begin": "Hier zeichnen",
  "guidance.another": "Anderes Rauschen",
  "guidance.fetching": "Bilder aller Kleidungsstücke werden geholt; aus ihnen entsteht der Filter, der keine Art kennt …",
  "guidance.drawing": "Vier Bilder aus einem Rauschen: Schritt {n} von {of} …",
  "guidance.kind": "Kleidungsstück",
  "guidance.step": "Schritt",
  "guidance.stepOf": "{n} von {of}",
  "guidance.strength": "Führung im Ganzen",
  "guidance.noneAtAll": "1 (keine)",
  "guidance.now": "Was Führung in einem Schritt hinzufügt",
  "guidance.ends": "Was am Ende daraus wird, aus demselben Rauschen",
  "guidance.guess": "die Vermutung",
  "guidance.shift": "+ Verschiebung",
  "guidance.contrast": "+ Kontrast",
  "guidance.guided": "die geführte Vermutung",
  "guidance.none": "ohne Führung",
  "guidance.byShift": "nur Verschiebung",
  "guidance.byContrast": "nur Kontrast",
  "guidance.both": "beides",
  "guidance.picture": "{what}, bei Schritt {n}",
  "guidance.found": "Schritt {n}, {percent} % Rauschen: Für jede Einheit Führung bewegt die Verschiebung ein Pixel um {shift} von 255 Stufen, der Kontrast um {contrast}.",
  "guidance.early": "Hier drängt Führung zum Mittelwert der Art hin, und das bei jedem Rauschen gleich.",
  "guidance.middle": "Hier wiegen beide ungefähr gleich viel.",
  "guidance.late": "Hier ist der Mittelwert entschieden. Was jetzt hinzukommt, sind Unterschiede innerhalb der Art, und sie hängen vom Rauschen ab.",

  // 13
  "turing.title": "Von unten nach oben",
  "turing.before": `
1952 fragte Alan Turing, wie ein Embryo, ein Ball aus lauter gleichen Zellen, zu einem Muster kommt. Seine Antwort braucht zwei Stoffe, er nannte sie
<dfn>Morphogene</dfn>. Sie reagieren miteinander, und der eine breitet sich schneller aus als der andere. Jede Zelle folgt derselben Regel und kennt nur ihre
Nachbarn. Und doch entstehen Flecken und Streifen, in einem Abstand, den keine Zelle messen könnte. Nirgends gibt es einen Plan,
nur eine Regel für die nächste Umgebung, an jedem Ort dieselbe.`,
  "turing.after": `
Nun sag dasselbe von einem Entrauscher: eine Regel für die nächste Umgebung, an jedem Ort dieselbe, wieder und wieder auf Rauschen angewandt. Niemand hat den Plan. Was wächst, sind
keine Flecken, sondern Ärmel, denn die Regel ist aus Pullovern geschnitten. Turings Aufsatz heißt <em>The chemical basis of morphogenesis</em>, und
Morphogenese ist das Werden der Gestalt. Daher hat diese Seite ihren Namen.`,
  "turing.caption": "Zwei Stoffe, die reagieren und sich ausbreiten, live berechnet; was auf einer Seite hinausgeht, kommt auf der anderen herein. Male hinein. Breiten sich die Stoffe viermal so schnell aus, wird das Muster doppelt so weit: Sein Abstand folgt der Wurzel. Das konnte Turing ausrechnen, bevor es jemand gesehen hatte.",
  "turing.still": "Flecken, die sich teilen und ein Quadrat füllen, aus einem einzigen in der Mitte.",
  "turing.system": "Regel",
  "turing.grayScott": "Fresser und Futter",
  "turing.activator": "Aktivator und Hemmer",
  "turing.canvas": "Ein Quadrat aus 128 mal 128 Zellen; je dunkler, desto mehr von dem Stoff. Pfeiltasten bewegen einen Pinsel, die Leertaste malt.",
  "turing.play": "Weiter",
  "turing.pause": "Anhalten",
  "turing.spot": "Aus einem Fleck",
  "turing.noise": "Aus Rauschen",
  "turing.fromSpot": "Ein Fleck in der Mitte, in jeder Zelle dieselbe Regel. Er wächst.",
  "turing.fromNoise": "Überall Rauschen, in jeder Zelle dieselbe Regel. Es ordnet sich.",
  "turing.measuring": "Das Lineal wartet auf ein Muster …",
  "turing.even": "Noch kein Muster zu messen.",
  "turing.apart": "etwa {cells} Zellen von einem zum nächsten",
  "turing.settled": "Es ist zur Ruhe gekommen: Streifen oder Flecken im Abstand von etwa {cells} Zellen, nach {steps} Schritten. So weit hat keine Zelle je gesehen.",
  "turing.paused": "Angehalten nach {steps} Schritten: Streifen oder Flecken im Abstand von etwa {cells} Zellen.",
  "turing.nothing": "Hier wächst nichts: Mit dieser Regel gleicht sich alles aus oder stirbt.",
  "turing.moved": "{place}: Futter fließt mit {feed} zu, Fresser schwinden mit {kill}.",
  "turing.map": "Karte der Regeln für Fresser und Futter",
  "turing.mapWords": "Was wo wächst: Tippe auf die Karte",
  "turing.point": "Zufluss {feed}, Schwund {kill}: {place}",
  "turing.feed": "mehr Futter",
  "turing.kill": "Fresser schwinden schneller",
  "turing.places": "Orte auf der Karte",
  "turing.mazes": "Labyrinthe",
  "turing.dividing": "Flecken, die sich teilen",
  "turing.worms": "Würmer",
  "turing.holes": "Löcher",
  "turing.mortal": "Werden und Vergehen",
  "turing.unrest": "Unruhe",
  "turing.nameless": "Ohne Namen",
  "turing.saturation": "Wann der Aktivator genug hat",
  "turing.spots": "spät: Flecken",
  "turing.stripes": "dazwischen: Streifen",
  "turing.net": "früh: ein Netz",
  "turing.scale": "Wie schnell sich beide ausbreiten",
  "turing.times": "{scale}-mal so schnell",
  "turing.times.one": "wie sonst",
  "turing.chart": "Abstand in fertigen Mustern, in Zellen, gegen die Schnelligkeit, mit der sich die Stoffe ausbreiten.",
  "turing.chartX": "Wie schnell sich beide ausbreiten",
  "turing.chartY": "Abstand im Muster, in Zellen",
  "turing.chartRoot": "Wurzel",

  // 14
  "pictures.title": "Deine eigenen Bilder",
  "pictures.before": `
Der Formel sind Kleider gleich. Gib ihr irgendeine Handvoll Bilder, und sie zeichnet sofort daraus, ganz ohne Training, hier auf deinem eigenen Gerät. Zeichne ein paar,
zieh welche herein oder nimm ein Foto, das in Kacheln zerschnitten wird. Dann schieb das Fenster, und finde selbst die Stelle zwischen Brei und Kopie.
Deine Bilder verlassen diese Seite nicht.`,
  "pictures.after": `
Wenn sie dich kopiert, gib ihr mehr Bilder oder ein kleineres Fenster. Wenn sie lallt, mach das Gegenteil. Dieser eine Regler ist das meiste von dem,
was diese Seite zu sagen hat.

<a href="../learn-de.html">Oder lass ein Netz daraus lernen und sieh ihm zu: vom Rauschen zu Bildern zu Kopien.</a>`,
  "pictures.caption": "Eine Maschine aus den Bildern oben, auf der Stelle gemacht. Der Regler führt von der Collage zur Kopie; die Farben des Mosaiks sagen, welchem Bild jedes Pixel am meisten verdankt. Die Bilder bleiben in dieser Seite.",
  "pictures.still": "Ein paar gezeichnete Gesichter und neue, die die Maschine aus ihnen zusammengesetzt hat.",
  "pictures.set": "Beginne mit",
  "pictures.faces": "Gesichtern",
  "pictures.houses": "Häusern",
  "pictures.wall": "Die Sammlung; tippe auf ein Bild, um es wegzunehmen",
  "pictures.count": "{n} Bilder mit {width} × {height} Pixeln. Zieh andere hierher; ein einzelnes Foto wird in Kacheln zerschnitten.",
  "pictures.count.one": "Ein Bild mit {width} × {height} Pixeln. Zieh andere hierher; ein einzelnes Foto wird in Kacheln zerschnitten.",
  "pictures.shown": "Die ersten {shown} sind zu sehen.",
  "pictures.left": "{n} Dateien fehlen: Sie ließen sich nicht als Bilder öffnen.",
  "pictures.left.one": "Eine Datei fehlt: Sie ließ sich nicht als Bild öffnen.",
  "pictures.most": "Es sind noch mehr; die ersten {most} bilden die Reihe.",
  "pictures.open": "Bilder oder ein Paket öffnen …",
  "pictures.folder": "Einen Ordner öffnen …",
  "pictures.draw": "Eins zeichnen",
  "pictures.editor": "Ein Bild zum Zeichnen, Pixel für Pixel. Pfeiltasten bewegen, die Leertaste malt.",
  "pictures.mirror": "Links und rechts spiegeln",
  "pictures.colours": "Farben",
  "pictures.colour0": "Tinte",
  "pictures.colour1": "Weiß",
  "pictures.colour2": "Rot",
  "pictures.colour3": "Gelb",
  "pictures.colour4": "Grün",
  "pictures.colour5": "Blau",
  "pictures.colour6": "Braun",
  "pictures.colour7": "Haut",
  "pictures.add": "In die Sammlung",
  "pictures.wipe": "Abwischen",
  "pictures.side": "Pixel je Seite",
  "pictures.inColour": "Farbig",
  "pictures.window": "Was jedes Pixel sieht",
  "pictures.sees": "{k} × {k} Pixel",
  "pictures.everything": "alles",
  "pictures.from": "Stücke stammen",
  "pictures.samePlace": "vom selben Ort",
  "pictures.anywhere": "von irgendwo",
  "pictures.samples": "Aus der Sammlung gezeichnet",
  "pictures.sample": "Gezeichnetes Bild {n}",
  "pictures.sample.one": "Gezeichnetes Bild 1",
  "pictures.picture": "Bild {number} der Sammlung",
  "pictures.remove": "Bild {number} wegnehmen",
  "pictures.waiting": "Noch nicht gezeichnet",
  "pictures.drawn": "von der Maschine gezeichnet",
  "pictures.mosaic": "eine Farbe für jedes Bild, das ein Stück gab",
  "pictures.pieces": "Ein Mosaik aus {n} Bildern der Sammlung",
  "pictures.pieces.one": "Alles stammt aus einem Bild der Sammlung",
  "pictures.nearest": "das nächste Bild der Sammlung",
  "pictures.copyOf": "eine Kopie von Bild {number}",
  "pictures.nearestOf": "am nächsten: Bild {number}, {percent} % entfernt",
  "pictures.another": "Andere zeichnen",
  "pictures.save": "Als Paket speichern",
  "pictures.embed": "Paket einbetten",
  "pictures.code": "Zum Kopieren",
  "pictures.drawing": "Zeichnet aus der Sammlung. Nichts wurde trainiert, nichts wird gesendet.",
  "pictures.slow": "Zeichnet. Jedes Pixel fragt jeden Ort in jedem Bild, und bei so vielen Pixeln dauert das; kleinere Bilder oder Stücke vom selben Ort gehen schneller.",
  "pictures.opening": "Öffnet …",
  "pictures.nothing": "Darin war kein Bild zu lesen. PNG, JPEG, WebP und GIF gehen, und Pakete, die hier gespeichert wurden.",
  "pictures.noImages": "Dieses Paket hat keine Trainingsbilder, also hat die Maschine nichts, woraus sie zeichnen könnte.",
  "pictures.last": "Das letzte Bild bleibt: Eines braucht die Maschine.",
  "pictures.saved": "Gespeichert als {file}. Öffne es hier wieder, oder entpacke es auf deiner eigenen Seite.",
  "pictures.copiedCode": "Kopiert. Leg den entpackten Ordner und den Ordner pkg des Pakets neben deine Seite.",
  "pictures.selectedCode": "Kopiere diese Zeilen. Leg den entpackten Ordner und den Ordner pkg des Pakets neben deine Seite.",
  "pictures.allCopies": "Alle {drawn} sind Kopien: Wer {window} sieht, weiß als Pixel genau, in welchem Bild es ist.",
  "pictures.someCopies": "{copies} von {drawn} sind Kopien. Der Rest mischt Stücke: Die Hälfte von allen nimmt sie aus {middle} Bildern oder mehr.",
  "pictures.noCopies": "Keins der {drawn} ist eine Kopie. Die Hälfte nimmt ihre Stücke aus {middle} Bildern der Sammlung oder mehr.",

  // 15
  "closing.title": "Woher also?",
  "closing.before": `
Aus Bildern, die es schon gab, klein geschnitten. Das ist die eine Hälfte der Antwort. Was die Maschine zeichnet, kommt Stück für Stück aus irgendeinem Trainingsbild, und du
hast selbst auf die Stücke gezeigt. Die Netze zeichnen beinahe dasselbe.

Die andere Hälfte ist das Rauschen. Es ist jedes Mal ein anderes, und es entscheidet, welches Stück wohin kommt. Die Regel bringt die Stücke mit und sorgt dafür, dass Nachbarn
zusammenpassen; der Zufall wählt aus. Kein Pixel sieht genug, um das Ganze an dem zu messen, was schon war. Darum darf das Ganze neu sein.

Wer das Kreativität nennen will: Sie hat drei Teile, nämlich Stücke, Zufall und ein Auge, das zum Abschreiben zu kurzsichtig ist. Bei kleinen Netzen ist das keine Redensart. Man
kann es ausrechnen, und du hast gesehen, wie weit es trägt und wo es aufhört. Große Modelle sehen weiter, verstehen Sätze und können manche ihrer Bilder auswendig; von ihnen ist
es ein Teil der Wahrheit. Welcher, das wird gerade herausgefunden.

Und der Ärmel, auf den du gezeigt hast? Er stammt von einem Pullover aus dem Katalog eines Geschäfts, und vom Würfel.`,

  // 16
  "further.title": "Zum Weiterlesen",
  "further.before": `
Das Herz dieser Seite ist ein Aufsatz von Mason Kamb und Surya Ganguli. Was hier die Maschine mit den zwei Fehlern heißt, ist ihre
<em>equivariant local score machine</em> mit gebrochenem Rand, kurz bbELS. Hier ist die ganze Mathematik.`,
  "further.equations": "Die Gleichungen",
  "further.forward": "Rauschen dazugeben. <i>x</i><sub>0</sub> ist ein sauberes Bild, ε Rauschen (unabhängige standardnormalverteilte Zahlen), und die Zeit <i>t</i> läuft von 0, sauber, bis 1, fast reines Rauschen:",
  "further.step": "Ein Schritt zurück (DDIM), von <i>t</i> zu einer früheren Zeit <i>u</i>, mit dem sauberen Bild, das der Entrauscher vermutet, geschrieben mit Dach:",
  "further.ideal": "Der ideale Entrauscher über Trainingsbildern <i>y<sub>n</sub></i> (Kapitel 2):",
  "further.patch": "Die kurzsichtigen, für jedes Pixel <i>q</i> einzeln. Ω<sub><i>k</i></sub> ist das Fenster aus <i>k</i> × <i>k</i> Pixeln. In Kapitel 3 darf nur derselbe Ort antworten, <i>p</i> = <i>q</i>. In Kapitel 4 jeder Ort <i>p</i> (ELS) oder jeder, der zum Rand so liegt wie <i>q</i> (bbELS):",
  "further.wiener": "Der Wiener-Filter, der beste lineare Entrauscher, mit Mittelwert μ und Kovarianz <i>C</i> der Trainingsbilder:",
  "further.pearson": "Pearsons <i>r</i> zweier Bilder (Kapitel 5):",
  "further.grayScott": "Das Modell von Gray und Scott (Kapitel 13):",
  "further.simplified": "Was hier vereinfacht ist",
  "further.simplifications": `
Das Modell ist winzig: graue Bilder aus 28 × 28 Pixeln, zehn Arten von Kleidung, ein Netz aus einer halben Million Zahlen. Große Modelle zeichnen mit Attention, nach
Texten und in einem verdichteten Raum; die Theorie erfasst sie nur zum Teil.

Die Maschinen haben von jeder Art 600 Trainingsbilder, die Netze haben aus 6.000 gelernt. Mit allen kämen die Maschinen den Netzen noch näher.

Das Fenster schrumpft mit der Zeit so, wie es für jedes Netz gemessen wurde (Kapitel 5, 7 und 9). In den Kapiteln 3 und 4 steht es fest, damit man sieht, was es tut.

Die verlorene Maschine nimmt ihre Ausschnitte nur aus dem Inneren der Trainingsbilder, wie der Code der Autoren.

„Woher ein Pixel kommt“ nennt den einen Ausschnitt, der am schwersten wog. Am Anfang teilen sich Tausende die Abstimmung.

Bild und Vermutung werden in jedem Schritt auf den Bereich von Schwarz bis Weiß begrenzt; in den Formeln steht das nicht.`,
  "further.sources": "Quellen",
};
