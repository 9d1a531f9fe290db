using 'main.bicep'

import { flag, list, text } from '../profiles.bicep'

// The same variables as of the Functions app, where both have them; IMAGE is empty at the first deployment.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param principalType = any(text(readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', ''), 'User'))
param image = readEnvironmentVariable('IMAGE', '')
param registryServer = readEnvironmentVariable('REGISTRY_SERVER', '')
param allowedCallers = list(readEnvironmentVariable('ALLOWED_CALLERS', ''))
param deleteLocks = flag(readEnvironmentVariable('DELETE_LOCKS', ''), true)
param alertEmailAddresses = list(readEnvironmentVariable('ALERT_EMAIL', ''))
param alertWebhooks = readEnvironmentVariable('ALERT_WEBHOOK', '')
param settings = {
  CustomerIo__SiteId: readEnvironmentVariable('CUSTOMERIO_SITE_ID', '')
  CustomerIo__Region: text(readEnvironmentVariable('CUSTOMERIO_REGION', ''), 'auto')
}
