// An editor's window -> the language server `plan-rules lsp`, started, spoken with and ended with it.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const settings = vscode.workspace.getConfiguration("planRules");
  const [command, ...args] = settings.get("command");
  const server = { command, args: [...args, "--lang", settings.get("language")] };
  client = new LanguageClient(
    "plan-rules",
    "plan-rules",
    { run: server, debug: server },
    { documentSelector: [{ scheme: "file", language: "yaml" }, { scheme: "untitled", language: "yaml" }] },
  );
  return client.start().catch(() => {
    vscode.window.showErrorMessage(
      `启动不了 ${command}: 先运行 pip install 'plan-rules[editor]', 或改设置 planRules.command。` +
        `Cannot start ${command}: run pip install 'plan-rules[editor]', or change the setting planRules.command.`,
    );
  });
}

async function stop() {
  const running = client;
  client = undefined;
  if (running !== undefined && running.isRunning()) {
    await running.stop();
  }
}

async function restart() {
  await stop();
  await start();
}

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("planRules.restart", restart),
    vscode.workspace.onDidChangeConfiguration((changed) => changed.affectsConfiguration("planRules") && restart()),
  );
  return start();
}

module.exports = { activate, deactivate: stop };
