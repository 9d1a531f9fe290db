using '../main.bicep'

// Cheap, and deletable: no locks, nothing always ready, a cap on telemetry.

param environmentName = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

param deleteLocks = false
param dailyCapGigabytes = 1

param settings = {
  CustomerIo__SiteId: readEnvironmentVariable('CUSTOMERIO_SITE_ID', '')
}
