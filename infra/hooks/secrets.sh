#!/bin/sh
# Makes the secrets that are missing or empty, and takes Customer.io's key from CUSTOMERIO_API_KEY when it is set.
# Every other value in the vault stays. Nothing is printed but names, and no value is on a command line.
set -eu
vault=${AZURE_KEY_VAULT_NAME:?run azd provision first}
changed=

if [ "${SECRETS_BY_HAND:-false}" = true ]; then
  echo "SECRETS_BY_HAND: the secrets of $vault are left as they are." >&2
  exit 0
fi

# A role just granted takes minutes to be known to the vault. A closed network does not open by waiting.
attempts=0
until problem=$(az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv 2>&1 >/dev/null); do
  case $problem in
    *"ublic network access is disabled"* | *ForbiddenByConnection* | *ForbiddenByFirewall* | *"lient address is not authorized"*)
      echo "$vault is private and this machine is outside: azd env set ALLOWED_OPERATORS <its public address>, provision again, and empty it afterwards;" >&2
      echo "or run infra/hooks/secrets.sh inside the network, and azd env set SECRETS_BY_HAND true here." >&2
      exit 1
      ;;
  esac
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 30 ]; then
    echo "The secrets of $vault can't be listed: $problem" >&2
    exit 1
  fi
  sleep 10
done
existing=$(az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv)

# Whether the vault has a value under the name: a length is asked for, never the value.
has_value() {
  printf '%s\n' "$existing" | grep -qx "$1" || return 1
  if ! length=$(az keyvault secret show --vault-name "$vault" --name "$1" --query 'length(value)' --output tsv); then
    echo "$1: can't be read, so it is left as it is. Is it disabled?" >&2
    exit 1
  fi
  [ "${length:-0}" -gt 0 ]
}

put() {
  printf '%s' "$2" | az keyvault secret set --vault-name "$vault" --name "$1" --file /dev/stdin --encoding utf-8 --output none
  echo "$1: set"
  changed=yes
}

for name in ingest-key-0 ingest-key-1 ingest-signing-secret ingest-lifecycle-key admin-key-0 admin-key-1 rules-hash-secret privacy-secret; do
  if ! has_value "$name"; then
    # 32 random bytes. A pipe ends well even if its first program is missing: what came out is what counts.
    value=$(od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n')
    if [ "${#value}" -ne 64 ]; then
      echo "$name: no random value could be made; this needs od, tr and /dev/urandom. Nothing was set." >&2
      exit 1
    fi
    put "$name" "$value"
  fi
done

if [ -n "${CUSTOMERIO_API_KEY:-}" ]; then
  put customerio-api-key "$CUSTOMERIO_API_KEY"
elif ! has_value customerio-api-key; then
  echo "customerio-api-key is missing or empty: the destination stays paused until it is set." >&2
fi

# References to the vault are read when the app starts. A container has no name here: it is started afterwards.
if [ -n "$changed" ] && [ -n "${AZURE_FUNCTION_APP_NAME:-}" ]; then
  az functionapp restart --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" --output none
fi

# In a new environment the app's rights were granted minutes ago at most. Until storage knows them a deployment is refused with 403.
if [ -z "$existing" ]; then
  echo "Waiting for the app's rights to be known."
  sleep "${NEW_RIGHTS_SECONDS:-60}"
fi
