// Builds the editor into pages/_shared/web/editor: the bundle, its licences, and a manifest that says what it was made of.
// `make editor` runs it; a test compares the manifest with the sources, without node.
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const HERE = dirname(fileURLToPath(import.meta.url))
const OUT = process.argv[2] ?? join(HERE, "..", "pages", "_shared", "web", "editor")

const sha256 = (data) => createHash("sha256").update(data).digest("hex")

function files(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
}

function notices(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean))
  return [...packages].sort().map((name) => {
    const folder = join(HERE, "node_modules", name)
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`
  })
}

const { outputFiles, metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: ["src/main.js"],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  loader: { ".css": "text" },
  metafile: true,
  write: false,
})
const bundle = outputFiles[0].contents
const name = `editor-${sha256(bundle).slice(0, 10)}.js`
const sources = [...files(join(HERE, "src")), ...["build.js", "package.json", "package-lock.json"].map((file) => join(HERE, file))]
const manifest = {
  bundle: name,
  sha256: sha256(bundle),
  sources: Object.fromEntries(sources.sort().map((file) => [relative(HERE, file), sha256(readFileSync(file))])),
}

mkdirSync(OUT, { recursive: true })
for (const old of readdirSync(OUT).filter((file) => /^editor-.*\.js$/.test(file))) rmSync(join(OUT, old))
writeFileSync(join(OUT, name), bundle)
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`)
writeFileSync(join(OUT, "NOTICES.txt"), `The editor contains these packages.\n\n${notices(Object.keys(metafile.inputs)).join("\n---\n\n")}`)
console.log(`${name}: ${Math.round(bundle.length / 1000)} kB`)
