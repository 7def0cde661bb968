/** Alles, was die Seite vom Lernen sagt, auf Deutsch. What stands on the left is explained in `en.js`. */

/** @type {Record<string, string>} */
export const strings = {
  // The page
  "page.title": "Sieh ihm beim Lernen zu – Morphogen",
  "page.description": "Trainiere ein kleines Diffusionsmodell mitten in dieser Seite: vom Rauschen zu Flecken, zu Kleidern und, bei wenigen Bildern, zu Kopien.",
  "page.language": "Deutsch",
  "page.skip": "Zu den Netzen springen",
  "page.navigation": "Anderswo",
  "page.studio": "Studio",
  "page.story": "Die Geschichte",
  "page.heading": "Sieh ihm beim Lernen zu",
  "page.lead": "Hier sind zwei kleine Netze, die nichts wissen. Zeig beiden dieselben paar Bilder, wieder und wieder, und schau, was sie zeichnen: Rauschen, dann Flecken, dann Kleider. Am Ende zeichnet das eine Kopien. Das andere nicht.",
  "page.about": "Sie lernen in dieser Seite, auf deinem eigenen Gerät. Nichts wird verschickt.",
  "page.footer": 'Alles hier läuft mit demselben freien Code wie das <a href="de.html">Studio</a>. Bilder: Fashion-MNIST, © 2017 Zalando SE, MIT-Lizenz, hier mit 16 × 16 Pixeln.',

  // Two networks side by side
  "watch.title": "Zwei Netze in der Schule",
  "watch.still": "Um Netzen beim Lernen zuzusehen, erlaube dieser Seite JavaScript.",
  "watch.caption": "Zwölf Proben von jedem Netz, aus Rauschen, das vom ersten Schritt bis zum letzten dasselbe bleibt. Umrandete sind Kopien: Sie liegen einem Bild der Sammlung näher als ein Drittel des Wegs zum nächsten. Drück auf eine Probe, um zu sehen, welchem Bild sie am nächsten ist; der Regler führt zu jedem Schritt zurück.",
  "watch.after": `
Ein Netz lernt durch ein einziges Spiel: Es bekommt ein verrauschtes Bild, rät das saubere und wird ein wenig berichtigt. Der <dfn>Verlust</dfn> sagt, wie weit es danebenlag.
Niemand sagt ihm, dass es zeichnen soll, und niemand, dass es nicht abkupfern darf.

Die beiden unterscheiden sich darin, wie weit ein Pixel sieht. Beim kurzsichtigen sieht jedes Pixel 13 × 13 Pixel um sich herum, beim anderen alle 16 × 16. Mehr
braucht es nicht. Bei acht Bildern kann das Netz, das alles sieht, in jedem Rauschen erkennen, in welchem Bild es steckt, und mit der Zeit lernt es sie auswendig.
Das kurzsichtige kann das nicht: Seine Pixel müssen sich mit ihren Nachbarn einigen, und sie einigen sich auf Mischungen.

Unter jedem steht, was die Theorie aus demselben Rauschen vorhersagt. Das kommt von Maschinen, die nur aus den Bildern gemacht sind, ohne dass etwas trainiert wurde, eine für jedes Fenster von
3 × 3 Pixeln bis zu allen; die Seite zeigt die, die am besten passt. <dfn>r</dfn> sagt, wie ähnlich sich die beiden sind, 1 heißt dasselbe Bild, und die Zahl
daneben ist, worauf irgend zwei von diesen Bildern kommen. Achte auf das Fenster: Beide Netze beginnen, als sähen ihre Pixel so gut wie nichts, und lernen, weiter zu schauen. Das
kurzsichtige kommt an sein Ende. Das andere macht weiter, bis die perfekte Kopiermaschine es am besten vorhersagt.

Dann ändere die Anzahl. Bei einem Bild beginnt das Kopieren nach weniger als hundert Schritten. 64 oder 600 sind zu viele, um sie in der Zeit auswendig zu lernen, und was das Netz
stattdessen zeichnet, ist neu.`,
  "watch.halvesTitle": "Zwei, die kein Bild gemeinsam haben",
  "watch.halvesText": `
Liegt das, was es dann zeichnet, an genau diesen Bildern? Das lässt sich prüfen. Wähle <em>zwei Hälften</em>: Zwei gleiche Netze lernen aus zwei Sammlungen, die kein
Bild gemeinsam haben, und zeichnen aus demselben Rauschen. Bei wenigen Bildern zeichnet jedes etwas anderes, eben das Seine. Je mehr es sind, desto ähnlicher werden sich
die beiden, obwohl keines je gesehen hat, was das andere sah. Was sie dann gelernt haben, gehört zu Stiefeln, nicht zu diesen Stiefeln.`,
  "watch.kind": "Woraus gelernt wird",
  "watch.own": "eigene Bilder",
  "watch.ownPictures": "eigene Bilder",
  "watch.ankle-boot": "Stiefeletten",
  "watch.sneaker": "Turnschuhe",
  "watch.sandal": "Sandalen",
  "watch.trouser": "Hosen",
  "watch.t-shirt": "T-Shirts",
  "watch.pullover": "Pullover",
  "watch.dress": "Kleider",
  "watch.coat": "Mäntel",
  "watch.shirt": "Hemden",
  "watch.bag": "Taschen",
  "watch.open": "Eigene …",
  "watch.count": "Wie viele",
  "watch.set": "Daraus wird gelernt: {n} Bilder. Zieh andere hierher oder öffne sie; sie bleiben in dieser Seite.",
  "watch.set.one": "Daraus wird gelernt: ein Bild. Zieh andere hierher oder öffne sie; sie bleiben in dieser Seite.",
  "watch.thereAre": "Mehr als {n} sind es nicht.",
  "watch.shown": "Die ersten {shown} sind zu sehen.",
  "watch.left": "{n} Dateien fehlen: Sie ließen sich nicht als Bilder öffnen.",
  "watch.left.one": "Eine Datei fehlt: Sie ließ sich nicht als Bild öffnen.",
  "watch.most": "Es gibt mehr; genommen sind die ersten {most}.",
  "watch.picture": "Bild {number} der Sammlung",
  "watch.fetching": "Die Bilder werden geholt …",
  "watch.opening": "Wird geöffnet …",
  "watch.nothing": "Daraus ließ sich kein Bild lesen. PNG, JPEG, WebP und GIF gehen, und Packs, die hier gesichert wurden.",
  "watch.noImages": "Dieses Pack hat keine Trainingsbilder, also gibt es nichts zu lernen.",
  "watch.views": "Wer lernt",
  "watch.both": "beide",
  "watch.near": "kurzsichtig",
  "watch.far": "sieht alles",
  "watch.halves": "zwei Hälften",
  "watch.shortSighted": "Kurzsichtig",
  "watch.shortSightedAbout": "jedes Pixel sieht 13 × 13",
  "watch.seesAll": "Sieht alles",
  "watch.seesAllAbout": "jedes Pixel sieht alles",
  "watch.firstHalf": "Erste Hälfte",
  "watch.firstHalfAbout": "sieht alles, lernt aus der einen",
  "watch.secondHalf": "Zweite Hälfte",
  "watch.secondHalfAbout": "sieht alles, lernt aus der anderen",
  "watch.learn": "Lernen",
  "watch.pause": "Pause",
  "watch.goOn": "Weiter",
  "watch.over": "Von vorn",
  "watch.ready": "Bereit. Noch weiß keines etwas.",
  "watch.tooFew": "Zwei Hälften brauchen mindestens zwei Bilder. Nimm mehr.",
  "watch.learning": "Beide lernen aus denselben {n} Bildern.",
  "watch.learning.one": "Beide lernen aus ein und demselben Bild.",
  "watch.learningOne": "Es lernt aus {n} Bildern.",
  "watch.learningOne.one": "Es lernt aus einem Bild.",
  "watch.learningHalves": "Jedes lernt aus {n} Bildern, die das andere nie sieht.",
  "watch.learningHalves.one": "Jedes lernt aus einem Bild, das das andere nie sieht.",
  "watch.paused": "Angehalten bei Schritt {step}.",
  "watch.goesOn": "Es geht weiter, wo es stehen geblieben ist.",
  "watch.begun": "{title}: Das Kopieren hat begonnen. Nach {step} Schritten sind {copies} von {of} Proben Kopien.",
  "watch.allSteps": "Alle {steps} Schritte sind getan.",
  "watch.cameToCopy": "{title}: {copies} von {of} sind Kopien; es begann nach {step} Schritten.",
  "watch.cameToNone": "{title}: keine Kopie unter {of}.",
  "watch.cameToFew": "{title}: {copies} von {of} sind Kopien.",
  "watch.agreed": "Die beiden Hälften: r = {r}; zwei Proben aus verschiedenem Rauschen kommen auf {floor}.",
  "watch.samples": "{title}: Proben aus Rauschen, das dasselbe bleibt",
  "watch.sampleWaiting": "Probe {n}: noch nicht gezeichnet",
  "watch.sample": "Probe {n}, am nächsten an Bild {number}",
  "watch.sampleCopy": "Probe {n}, eine Kopie von Bild {number}",
  "watch.machineWaiting": "Was die Theorie für Probe {n} vorhersagt: noch nicht gezeichnet",
  "watch.machinePicture": "Was die Theorie für Probe {n} vorhersagt",
  "watch.nearWaiting": "Das nächste Bild zu Probe {n}: noch nicht bekannt",
  "watch.nearPicture": "Am nächsten an Probe {n}: Bild {number}",
  "watch.machineOf": "was die Theorie vorhersagt",
  "watch.nearOf": "das nächste der Sammlung",
  "watch.nothingYet": "Noch nichts gezeichnet",
  "watch.noCopies": "Keine Kopien",
  "watch.copies": "{copies} von {of} sind Kopien",
  "watch.allCopies": "Alle {of} sind Kopien",
  "watch.likeness": "r = {r}, als sähe ein Pixel {k} × {k} (irgend zwei: {floor})",
  "watch.likenessAll": "r = {r}, als sähe ein Pixel alles (irgend zwei: {floor})",
  "watch.onGraphics": "auf der Grafikkarte",
  "watch.pace": "Schritt {step} · {rate} Bilder in der Sekunde · noch {seconds} s",
  "watch.step": "Schritt {step}",
  "watch.back": "Zurückschauen",
  "watch.verdict": "{title}: am nächsten ist Bild {number}, {percent} % entfernt.",
  "watch.verdictCopy": "{title}: eine Kopie von Bild {number}, {percent} % entfernt.",
  "watch.loss": "Verlust",
  "watch.share": "Kopien unter zwölf",
  "watch.withTheory": "r mit dem, was die Theorie vorhersagt",
  "watch.window": "Pixel je Seite, die ein Pixel sieht, nach dem, was am besten passt",
  "watch.between": "r der beiden Hälften",
  "watch.copyingBegins": "Kopieren beginnt",
  "watch.across": "Schritte",
  "watch.curves": "Verlust, Kopien und Ähnlichkeit über die Schritte.",
  "watch.curvesOf": "{title}: {copies} von {of} sind Kopien, r = {r}.",
  "watch.save": "Sichern",
  "watch.saveOf": "Dieses Netz als Pack sichern: {title}",
  "watch.saved": "Gesichert als {file}: ein Pack mit dem Netz und seinen Bildern. Öffne es wieder hier, oder entpacke es auf deiner eigenen Seite.",
  "watch.taken": "Mit dem Pack gezeichnet, aus Rauschen, dem niemand zugesehen hat",
  "watch.takenPicture": "Bild {n}, mit dem Pack gezeichnet",
  "watch.takenAgain": "Andere zeichnen",

  // Memory takes its time
  "memory.title": "Auswendiglernen braucht seine Zeit",
  "memory.before": `
Wie lange dauert es, bis es kopiert? Das hängt davon ab, wie viele Bilder es auswendig zu lernen gibt. Bis ein Netz überhaupt Kleider zeichnet, dauert es bei wenigen und bei
vielen fast gleich lang; bis es kopiert, umso länger, je mehr es sind. Dazwischen liegt die gute Zeit: Es hat gelernt, was ein Stiefel ist, und noch nicht diese Stiefel. Mehr Bilder machen diese Zeit
länger: Darum können große Modelle aufhören, ehe sie kopieren.`,
  "memory.after": `
Schalte <em>geteilt durch die Zahl der Bilder</em> ein: Wenn doppelt so viele Bilder doppelt so lange brauchen, kommen die Kurven aufeinander zu liegen.`,
  "memory.still": "Um die Kurven zu sehen, erlaube dieser Seite JavaScript.",
  "memory.caption": "Der Anteil der Kopien unter 24 Proben des Netzes, das alles sieht, während es in gleichmäßigem Tempo aus 4, 8 oder 16 Stiefeletten lernt.",
  "memory.each": "Geteilt durch die Zahl der Bilder",
  "memory.measure": "Hier messen",
  "memory.stop": "Aufhören",
  "memory.pictures": "{n} Bilder",
  "memory.recorded": "Einmal aufgezeichnet, mit",
  "memory.measuredHere": "Hier gemessen, auf deinem Gerät.",
  "memory.measuring": "Es lernt aus {n} Bildern …",
  "memory.measuringAt": "{n} Bilder: Schritt {step} von höchstens {of}, {rate} Bilder in der Sekunde.",
  "memory.half": "Die Hälfte der Proben sind Kopien",
  "memory.halfAt": "bei {n} Bildern nach {step} Schritten;",
  "memory.noneYet": "Noch ist nicht die Hälfte der Proben kopiert.",
  "memory.share": "Kopien",
  "memory.across": "Schritte",
  "memory.acrossEach": "Schritte für jedes Bild",
  "memory.curves": "Anteil der Kopien über die Schritte, eine Kurve für jede Anzahl von Bildern.",

  // Where it comes from
  "sources.title": "Woher das kommt",

  // What may go wrong, by the code of the error
  "error.wasm-blocked": "Die Regeln dieser Seite verbieten WebAssembly, und ohne lässt sich hier nichts lernen.",
  "error.wasm-unsupported": "Dieser Browser ist zu alt zum Lernen: Ihm fehlt WebAssembly mit SIMD.",
  "error.worker-blocked": "Das Programm, das lernt, ließ sich nicht starten. Lade die Seite neu, um es noch einmal zu versuchen.",
  "error.worker-lost": "Der Browser hat das Programm, das lernt, mehr als einmal beendet. Was bis dahin gelernt war, ist noch zu sehen.",
  "error.out-of-memory": "Der Speicher hat nicht gereicht. Schließ andere Tabs, oder nimm weniger Bilder.",
  "error.learn-memory": "Das bräuchte mehr Speicher, als eine Seite haben darf. Nimm weniger Bilder.",
  "error.learn-diverged": "Der Verlust ist davongelaufen. Was vorher gelernt war, ist noch zu sehen; fang von vorn an.",
  "error.network": "Der Code zum Lernen ließ sich nicht holen: Es gibt keine Verbindung. Versuch es wieder, wenn es eine gibt.",
  "error.code-missing": "Der Code zum Lernen ließ sich nicht holen. Die Seite mag sich geändert haben, oder es gibt keine Verbindung: Lade sie neu.",
};
