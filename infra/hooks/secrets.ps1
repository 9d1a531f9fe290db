# Makes the secrets that are missing or empty, and takes Customer.io's key from CUSTOMERIO_API_KEY when it is set.
# Every other value in the vault stays. Nothing is printed but names, and no value is on a command line.
$ErrorActionPreference = 'Stop'
$vault = $env:AZURE_KEY_VAULT_NAME
if (-not $vault) { throw 'Run azd provision first.' }

if ($env:SECRETS_BY_HAND -eq 'true') {
  Write-Warning "SECRETS_BY_HAND: the secrets of $vault are left as they are."
  exit 0
}

# A role just granted takes minutes to be known to the vault. A closed network does not open by waiting.
for ($attempt = 1; ; $attempt++) {
  $answer = az keyvault secret list --vault-name $vault --query '[].name' --output tsv 2>&1
  if ($LASTEXITCODE -eq 0) { break }
  if ("$answer" -match 'public network access is disabled|ForbiddenByConnection|ForbiddenByFirewall|client address is not authorized') {
    throw "$vault is private and this machine is outside: azd env set ALLOWED_OPERATORS <its public address>, provision again, and empty it afterwards; " +
      'or run infra/hooks/secrets.ps1 inside the network, and azd env set SECRETS_BY_HAND true here.'
  }
  if ($attempt -ge 30) { throw "The secrets of $vault can't be listed: $answer" }
  Start-Sleep -Seconds 10
}
$existing = @($answer | Where-Object { $_ -is [string] })

# Whether the vault has a value under the name: a length is asked for, never the value.
function Test-VaultSecret([string] $Name) {
  if ($existing -notcontains $Name) { return $false }
  $length = az keyvault secret show --vault-name $vault --name $Name --query 'length(value)' --output tsv
  if ($LASTEXITCODE -ne 0) { throw "${Name}: can't be read, so it is left as it is. Is it disabled?" }
  return [int]$length -gt 0
}

$changed = $false
function Set-VaultSecret([string] $Name, [string] $Value) {
  $file = New-TemporaryFile
  try {
    [IO.File]::WriteAllText($file, $Value)
    az keyvault secret set --vault-name $vault --name $Name --file $file --encoding utf-8 --output none
    if ($LASTEXITCODE -ne 0) { throw "${Name}: not set" }
  } finally {
    Remove-Item $file
  }
  Write-Output "${Name}: set"
  $script:changed = $true
}

foreach ($name in 'ingest-key-0', 'ingest-key-1', 'ingest-signing-secret', 'ingest-lifecycle-key', 'admin-key-0', 'admin-key-1', 'rules-hash-secret', 'privacy-secret') {
  if (-not (Test-VaultSecret $name)) {
    $value = [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToLowerInvariant()
    if ($value.Length -ne 64) { throw "${name}: no random value could be made. Nothing was set." }
    Set-VaultSecret $name $value
  }
}

if ($env:CUSTOMERIO_API_KEY) {
  Set-VaultSecret 'customerio-api-key' $env:CUSTOMERIO_API_KEY
} elseif (-not (Test-VaultSecret 'customerio-api-key')) {
  Write-Warning 'customerio-api-key is missing or empty: the destination stays paused until it is set.'
}

# References to the vault are read when the app starts. A container has no name here: it is started afterwards.
if ($changed -and $env:AZURE_FUNCTION_APP_NAME) {
  az functionapp restart --resource-group $env:AZURE_RESOURCE_GROUP --name $env:AZURE_FUNCTION_APP_NAME --output none
}

# In a new environment the app's rights were granted minutes ago at most. Until storage knows them a deployment is refused with 403.
if ($existing.Count -eq 0) {
  Write-Output "Waiting for the app's rights to be known."
  Start-Sleep -Seconds $(if ($env:NEW_RIGHTS_SECONDS) { $env:NEW_RIGHTS_SECONDS } else { 60 })
}
