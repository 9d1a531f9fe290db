# Keeps the first day of this month as the budget's start, once for each environment.
$ErrorActionPreference = 'Stop'
if (-not $env:BUDGET_START) {
  azd env set BUDGET_START ([DateTime]::UtcNow.ToString('yyyy-MM-01'))
}
