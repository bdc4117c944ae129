// The page of the browser: Monaco with monaco-yaml, and the schemas that a project's settings name.

import * as monaco from "monaco-editor/esm/vs/editor/edcore.main.js";
import "monaco-editor/esm/vs/basic-languages/yaml/yaml.contribution.js";
import { configureMonacoYaml } from "monaco-yaml";

const worker = (label) => (label === "yaml" ? "yaml" : "editor");
window.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(`/bundle/${worker(label)}.worker.js`),
};

// As the YAML extension sets VS Code; suggestions come when they are asked for, so that
// nothing depends on how fast somebody types.
const editor = monaco.editor.create(document.getElementById("editor"), {
  autoIndent: "keep",
  automaticLayout: true,
  fixedOverflowWidgets: true,
  fontSize: 16,
  minimap: { enabled: false },
  quickSuggestions: false,
  scrollBeyondLastLine: false,
  suggestOnTriggerCharacters: false,
  tabSize: 2,
  wordBasedSuggestions: "off",
});

// The settings that `pipes-projects init` writes for VS Code.
async function readSettings() {
  const settings = await (await fetch("/project/.vscode/settings.json")).json();
  const schemas = Object.entries(settings["yaml.schemas"]);
  configureMonacoYaml(monaco, {
    enableSchemaRequest: true,
    schemas: schemas.map(([name, files]) => ({ uri: absolute(name), fileMatch: files })),
  });
}

const absolute = (name) => new URL(name, `${location.origin}/project/`).href;

window.manifest = {
  open(path, text) {
    const uri = monaco.Uri.parse(absolute(path));
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel("", "yaml", uri);
    model.setValue(text); // a second model of one place would be taken for the first
    editor.setModel(model);
    editor.setPosition(model.getFullModelRange().getEndPosition());
    editor.focus();
  },
  go: (lineNumber, column) => editor.setPosition({ lineNumber, column }),
  column: () => editor.getPosition().column - 1,
  text: () => editor.getValue(),
  problems() {
    const markers = monaco.editor.getModelMarkers({ resource: editor.getModel().uri });
    return markers.map((it) => `${it.startLineNumber}: ${it.message}`);
  },
};

window.ready = readSettings();
