#!/usr/bin/env bash
# Takes the tour of docs/tour.md: runs its commands, as they stand there, against a host with nothing in it, and holds every answer to the one printed there.
# The keys are those of local.settings.sample.json. TOUR_RESTART is the command that starts host and sandbox anew; it is called with the settings the
# tour asks for in its environment, and once more without them at the end.
set -euo pipefail

tour=$(dirname "$0")/../../docs/tour.md
host=${TOUR_HOST:-127.0.0.1:7071}
sandbox=${TOUR_SANDBOX:-127.0.0.1:7072}
: "${TOUR_RESTART:?the command that starts host and sandbox anew}"
ingest='X-Ingest-Key: local-ingest-key'
admin='X-Admin-Key: local-admin-key-0'

# What the tour's commands call: the same request, to the host at hand, with its keys.
curl() {
  local arguments=() argument
  for argument in "$@"; do
    argument=${argument/localhost:7071/"$host"}
    arguments+=("${argument/localhost:7072/"$sandbox"}")
  done
  command curl --show-error --max-time 60 --header "$ingest" --header "$admin" "${arguments[@]}"
}

# Without what differs from run to run and from queue to queue: times of receipt, ids the sandbox and the queue give, the address of the sandbox.
steady() {
  jq --compact-output --sort-keys 'walk(if type == "object" then
    del(.cioId, .deadLetteredAt, .firstFailedAt)
    | if has("bound") then del(.bound, .cameBack, .delivered, .skipped, .waiting) else . end
    | if has("method") then del(.url) else . end
    | if has("description") then del(.id) else . end
    | if (.timestamp? // 0) > 1790000000 then del(.timestamp) else . end
  else . end)'
}

holds() {
  local answer
  answer=$(eval "$1" | steady) && [ "$answer" = "$2" ]
}

# What is asked for is asked for again for two minutes, because delivery takes a moment; what is sent is sent once.
check() {
  local command=$1 expected attempts=0
  expected=$(steady <<< "$2")
  until holds "$command" "$expected"; do
    attempts=$((attempts + 1))
    if [ "$attempts" -ge 60 ] || [[ $command == *' -d '* ]]; then
      printf '%s\nexpected %s\nbut got  %s\n' "$command" "$expected" "$(eval "$command" | steady)" >&2
      exit 1
    fi
    sleep 2
  done
}

steps=0
command=
while IFS= read -r line; do
  case $line in
    '**'*) printf '%s\n' "$line" | sed 's/^\*\*\([^*]*\)\*\*.*/\1/' ;;
    '$ '*' dotnet run --project src/LocalHost') env "${line:2:${#line}-36}" sh -c "$TOUR_RESTART" ;;
    '$ '*) command=${line#'$ '} ;;
    '{'* | '['*)
      check "$command" "$line"
      steps=$((steps + 1))
      ;;
  esac
done < "$tour"
[ "$steps" -ge 13 ]

echo 'A wrong key is refused'
[ "$(command curl --silent --output /dev/null --write-out '%{http_code}' --header 'X-Ingest-Key: wrong' --data '{}' "$host/api/events")" = 401 ]

echo 'An event nobody can be named for becomes a dead letter, is looked at, and discarded'
curl --silent --data '{"type":"track","event":"Nobody","messageId":"nobody"}' "$host/api/events" | jq --exit-status '.accepted == 1' > /dev/null
for _ in $(seq 60); do
  id=$(curl --silent "$host/api/dead-letters?reason=missing_identifier&limit=1" | jq --raw-output '.items[0].id // empty')
  if [ -n "$id" ]; then break; fi
  sleep 2
done
curl --silent --header 'X-Requested-With: destination' --data "{\"ids\":[\"$id\"]}" "$host/api/dead-letters/discard" | jq --exit-status '.discarded == 1' > /dev/null

echo 'The status says that events are delivered'
curl --silent "$host/api/status" | jq --exit-status '.destination.state == "delivering"' > /dev/null

sh -c "$TOUR_RESTART"
