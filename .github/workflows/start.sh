#!/usr/bin/env bash
# Starts the sandbox on 7072 and the Functions app on 7071, or starts them anew, and waits until the app takes events. Settings in the environment win
# over src/FunctionsApp/local.settings.json. What both write goes to artifacts/sandbox.log and functions.log.
set -euo pipefail

cd "$(dirname "$0")/../.."
mkdir -p artifacts

# A process group each: `func` and `dotnet run` have children.
start() {
  local name=artifacts/$1
  shift
  if [ -f "$name.pid" ]; then
    kill -TERM -- "-$(cat "$name.pid")" 2> /dev/null || true
    timeout 120 sh -c "while kill -0 -- -$(cat "$name.pid") 2> /dev/null; do sleep 1; done"
  fi
  setsid "$@" >> "$name.log" 2>&1 < /dev/null &
  echo $! > "$name.pid"
}

start sandbox dotnet run --no-build --configuration Release --project src/TrackApiSandbox
start functions sh -c 'cd src/FunctionsApp && exec func start'
timeout 300 sh -c 'until curl --fail --silent http://127.0.0.1:7071/api/health; do sleep 5; done'
