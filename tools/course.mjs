/**
 * Writes the whole product as a course for learning platforms (Moodle, Ilias, Canvas, …): a SCORM 1.2 package of the offline file, which tells
 * the platform how far its reader is, and the exercises in both languages. It needs no network.
 *
 *     node tools/course.mjs [OUT.zip]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { marked } from "marked";
import { zip } from "../pkg/zip.js";
import { ROOT, script } from "./bundle.mjs";
import { versions } from "./version.mjs";

const STORY = "morphogen-offline.html";
const EXERCISES = [
  { file: "exercises.html", source: "docs/exercises.md", lang: "en", title: "Exercises" },
  { file: "exercises.de.html", source: "docs/exercises.de.md", lang: "de", title: "Aufgaben" },
];
const STYLE = "body { margin: 0; font: 1rem/1.6 system-ui, sans-serif; color-scheme: light dark } main { max-width: 42rem; margin: 0 auto; padding: 1rem } h2 { margin-top: 2rem }";

/** @param {string} lang @param {string} title @param {string} body @param {string} style */
const page = (lang, title, body, style = STYLE) =>
  `<!doctype html>\n<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${style}</style></head>\n<body>${body}</body></html>\n`;

/** The page that the platform opens. */
async function launch() {
  const style = "html, body { height: 100%; margin: 0 } body { display: flex; flex-direction: column; font: .9rem system-ui, sans-serif; color-scheme: light dark } nav { display: flex; gap: .75rem; align-items: center; padding: .4rem .75rem } nav [role=status] { margin-left: auto } iframe { flex: 1; border: 0 }";
  const links = EXERCISES.map(({ file, title, lang }) => `<a href="${file}" target="_blank" lang="${lang}">${title}</a>`).join("");
  const bar = `<nav aria-label="Morphogen"><button type="button" lang="en">English</button><button type="button" lang="de">Deutsch</button>${links}<span role="status"></span></nav>`;
  return page("en", "Morphogen", `${bar}<iframe title="Morphogen" allow="fullscreen"></iframe><script>${(await script("tools/course/launch.js")).replaceAll("</script", "<\\/script")}</script>`, style);
}

/** The exercises as a page; what leads to other documents of the project is plain text here. @param {typeof EXERCISES[number]} one */
function exercises({ source, lang, title }) {
  const text = readFileSync(resolve(ROOT, source), "utf8")
    .replace(/ (Auf Deutsch|In English): \[[^\]]*\]\([^)]*\)\./, "")
    .replace(/\[([^\]]*)\]\(\.\.\/README\.md\)/g, "$1");
  return page(lang, title, `<main>${marked.parse(text, { async: false })}</main>`);
}

/** What is in the package, for the platform. @param {string} version @param {string[]} files of the course itself */
export function manifest(version, files) {
  const item = (/** @type {string} */ id, /** @type {string} */ title) => `      <item identifier="item-${id}" identifierref="resource-${id}" isvisible="true"><title>${title}</title></item>`;
  const resource = (/** @type {string} */ id, /** @type {string} */ type, /** @type {string[]} */ names) =>
    `    <resource identifier="resource-${id}" type="webcontent" adlcp:scormtype="${type}" href="${names[0]}">${names.map((name) => `<file href="${name}"/>`).join("")}</resource>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="morphogen" version="${version}"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>Morphogen</title>
${[item("story", "Where does the new picture come from?"), ...EXERCISES.map(({ lang, title }) => item(lang, title))].join("\n")}
    </organization>
  </organizations>
  <resources>
${[resource("story", "sco", files), ...EXERCISES.map(({ lang, file }) => resource(lang, "asset", [file]))].join("\n")}
  </resources>
</manifest>
`;
}

/** Writes the course. @param {string} out */
export async function course(out) {
  const folder = mkdtempSync(join(tmpdir(), "morphogen-course-"));
  try {
    execFileSync(process.execPath, [resolve(ROOT, "tools/offline.mjs"), join(folder, STORY)], { stdio: "inherit" });
    const [{ version }] = versions();
    /** @type {[string, string | Buffer][]} */
    const files = [
      ["imsmanifest.xml", manifest(version, ["index.html", STORY])],
      ["index.html", await launch()],
      [STORY, readFileSync(join(folder, STORY))],
      ...EXERCISES.map((one) => /** @type {[string, string]} */ ([one.file, exercises(one)])),
      ["LICENSE-MIT", readFileSync(resolve(ROOT, "LICENSE-MIT"))],
      ["LICENSE-APACHE", readFileSync(resolve(ROOT, "LICENSE-APACHE"))],
    ];
    const archive = zip(files.map(([name, content]) => [name, Uint8Array.from(Buffer.from(content))]));
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, Buffer.from(await archive.arrayBuffer()));
    return archive.size;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = resolve(process.argv[2] ?? resolve(ROOT, "dist/morphogen-course.zip"));
  console.log(`${out}: ${await course(out)} bytes`);
}
