#!/usr/bin/env bash
# The README's tour, against a host that runs on 127.0.0.1:7071 with the keys of local.settings.sample.json and the sandbox on 7072.
set -euo pipefail

host=http://127.0.0.1:7071
sandbox=http://127.0.0.1:7072
admin=(--header 'X-Admin-Key: local-admin-key-0' --header 'X-Requested-With: destination')
ingest=(--header 'X-Ingest-Key: local-ingest-key')
run=$(date +%s%N)

call() { curl --fail-with-body --silent --show-error "$@"; }

# Tries a condition for two minutes.
until_true() {
  for _ in $(seq 60); do
    if "$@"; then return 0; fi
    sleep 2
  done
  echo "never true: $*" >&2
  return 1
}

echo '1. An identify and a track of one person are accepted.'
call "${ingest[@]}" --data "[
  {\"type\":\"identify\",\"userId\":\"tour-$run\",\"anonymousId\":\"device-$run\",\"messageId\":\"identify-$run\",\"timestamp\":\"2026-11-24T10:00:00Z\",\"traits\":{\"plan\":\"pro\"}},
  {\"type\":\"track\",\"event\":\"Order Completed\",\"userId\":\"tour-$run\",\"anonymousId\":\"device-$run\",\"messageId\":\"track-$run\",\"timestamp\":\"2026-11-24T10:00:01Z\",\"properties\":{\"total\":12.5}}
]" "$host/api/events" | jq --exit-status '.accepted == 2'

echo '2. Customer.io (the sandbox) has the person and the event.'
arrived() { call "$sandbox/sandbox/people/tour-$run" 2>/dev/null | jq --exit-status '.attributes.plan == "pro" and (.events | length) == 1' >/dev/null; }
until_true arrived

echo '3. A wrong key is refused.'
[ "$(curl --silent --output /dev/null --write-out '%{http_code}' --header 'X-Ingest-Key: wrong' --data '{}' "$host/api/events")" = 401 ]

echo '4. An event no person can be named for becomes a dead letter.'
call "${ingest[@]}" --data "{\"type\":\"track\",\"event\":\"Nobody\",\"messageId\":\"nobody-$run\",\"timestamp\":\"2026-11-24T10:00:02Z\"}" "$host/api/events" >/dev/null
dead() { call "${admin[@]}" "$host/api/dead-letters?reason=missing_identifier&limit=10" | jq --exit-status '.items | length > 0' >/dev/null; }
until_true dead

echo '5. It is looked at, and discarded.'
id=$(call "${admin[@]}" "$host/api/dead-letters?reason=missing_identifier&limit=1" | jq --raw-output '.items[0].id')
call "${admin[@]}" --data "{\"ids\":[\"$id\"]}" "$host/api/dead-letters/discard" | jq --exit-status '.discarded == 1'

echo '6. The status says that events are delivered.'
call "${admin[@]}" "$host/api/status" | jq --exit-status '.destination.state == "delivering"'
