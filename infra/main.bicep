targetScope = 'subscription'

import * as checks from 'checks.bicep'
import { alertOptions, destinationSettings, scaleOptions, serviceBusOptions } from 'modules/types.bicep'

metadata description = 'Freshpaint to Customer.io destination: a Functions app, a Service Bus queue, and all they need.'

@minLength(1)
@maxLength(64)
@description('Names the environment; the names of all resources follow from it.')
param environmentName string

@description('The region of all resources.')
param location string

@description('Who deploys, and so sets the secrets. Empty: nobody is granted it.')
param principalId string = ''

param principalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('The queue. Another name makes another queue: sessions, duplicate detection and partitioning can\'t be changed in place.')
param queueName string = loadJsonContent('queue.json').name

param serviceBus serviceBusOptions = {
  sku: 'Standard'
  messagingUnits: 1
  queueSizeMegabytes: 5120
}

param scale scaleOptions = {
  maximumInstanceCount: 40
  instanceMemoryMB: 2048
  httpPerInstanceConcurrency: 100
}

@minValue(0)
@description('Instances that always wait for HTTP requests, so that the first is not late. They are paid for by the hour.')
param alwaysReadyHttp int = 0

@minValue(0)
@description('Instances that always wait for events.')
param alwaysReadyDelivery int = 0

@description('Off: events wait on the queue and flow when it is on again.')
param deliveryEnabled bool = true

@description('The app\'s settings that differ from their defaults.')
param settings destinationSettings = {}

@description('A network for the app and private endpoints for what it uses. Service Bus is private only in Premium.')
param privateNetwork bool = false

@description('The network\'s addresses, a /24.')
param networkAddressPrefix string = '10.42.0.0/24'

@description('Addresses or CIDR ranges that may call the app. Empty: everyone, as far as the keys allow.')
param allowedCallers string[] = []

@description('Addresses or CIDR ranges from which secrets may be set while the vault is private.')
param allowedOperators string[] = []

@description('Storage and app in three zones, where the region has them.')
param zoneRedundant bool = false

@description('Namespace and vault can\'t be deleted before their locks are.')
param deleteLocks bool = true

@description('Makes a custom role, which the deploying principal must be allowed to. Off: the scaler estimates from a peek.')
param grantNamespaceRead bool = true

@minValue(30)
@maxValue(730)
param retentionDays int = 30

@minValue(-1)
@description('Telemetry stops for the day at this many GB. -1: never.')
param dailyCapGigabytes int = -1

@description('Addresses the alerts are sent to. Empty ones don\'t count.')
param alertEmailAddresses string[] = []

@description('Addresses the alerts are posted to, by https, with commas between. They often hold a token.')
@secure()
param alertWebhooks string = ''

@description('Whether the app is asked from outside. Not where only some callers are let in: the test comes from addresses of its own.')
param availabilityTest bool = true

@description('Whether a time without any ingested event is an alert: it is where traffic never stops.')
param alertOnSilence bool = false

param alerts alertOptions = {
  oldestAgeSeconds: 900
  rateLimited: 50
  serverErrors: 50
  silenceWindow: 'PT1H'
}

@minValue(0)
@description('The budget of the resource group, in the currency of the subscription. 0: none.')
param monthlyBudget int = 0

@description('The first day of the month the budget is made in, as yyyy-MM-01. It must not change afterwards. Empty: of this month.')
param budgetStartDate string = ''

@description('Never given: a template learns the time by a parameter\'s default only.')
param thisMonth string = utcNow('yyyy-MM-01')

var suffix = toLower(uniqueString(subscription().id, environmentName, location))
var applicationInsightsName = 'appi-${suffix}'
var identityName = 'id-${suffix}'
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${checks.environment(environmentName)}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: identityName
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: 'log-${suffix}'
    applicationInsightsName: applicationInsightsName
    retentionDays: retentionDays
    dailyCapGigabytes: dailyCapGigabytes
    senderPrincipalId: identity.outputs.principalId
    senderIdentityName: identityName
  }
}

module bus 'modules/service-bus.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'sbns-${suffix}'
    queueName: queueName
    options: checks.serviceBus(serviceBus)
    private: privateNetwork && serviceBus.sku == 'Premium'
    deleteLocks: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
    grantNamespaceRead: grantNamespaceRead
  }
}

module storage 'modules/app-storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    private: privateNetwork
    zoneRedundant: zoneRedundant
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
  }
}

module vault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'kv-${suffix}'
    private: privateNetwork
    allowedIpAddresses: checks.operators(allowedOperators)
    deleteLocks: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
    operatorPrincipalId: principalId
    operatorPrincipalType: principalType
  }
}

module privateAccess 'modules/private-access.bicep' = if (privateNetwork) {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    addressPrefix: networkAddressPrefix
    hostStorageId: storage.outputs.hostId
    stateStorageId: storage.outputs.stateId
    vaultId: vault.outputs.id
    serviceBusId: bus.outputs.id
    serviceBusPrivate: serviceBus.sku == 'Premium'
  }
}

module app 'modules/function-app.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'func-${suffix}'
    planName: 'plan-${suffix}'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    packageContainerUri: storage.outputs.packageContainerUri
    hostStorageName: storage.outputs.hostName
    stateBlobEndpoint: storage.outputs.stateBlobEndpoint
    stateTableEndpoint: storage.outputs.stateTableEndpoint
    serviceBusNamespace: bus.outputs.fullyQualifiedNamespace
    queueName: queueName
    vaultUri: vault.outputs.uri
    applicationInsightsConnectionString: monitoring.outputs.applicationInsightsConnectionString
    workspaceId: monitoring.outputs.workspaceId
    scale: scale
    alwaysReady: concat(
      alwaysReadyHttp > 0
        ? [{ name: 'http', instanceCount: checks.alwaysReady('ALWAYS_READY_HTTP', alwaysReadyHttp, zoneRedundant) }]
        : [],
      alwaysReadyDelivery > 0
        ? [
            {
              name: 'function:DeliverEvent'
              instanceCount: checks.alwaysReady('ALWAYS_READY_DELIVERY', alwaysReadyDelivery, zoneRedundant)
            }
          ]
        : []
    )
    deliveryEnabled: deliveryEnabled
    zoneRedundant: zoneRedundant
    settings: settings
    subnetId: privateAccess.?outputs.appSubnetId ?? ''
    allowedCallers: checks.callers(allowedCallers)
  }
}

module alerting 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    serviceBusId: bus.outputs.id
    queueName: queueName
    queueSizeMegabytes: serviceBus.queueSizeMegabytes
    workspaceId: monitoring.outputs.workspaceId
    options: alerts
    emailAddresses: filter(alertEmailAddresses, address => !empty(address))
    webhooks: alertWebhooks
    applicationInsightsName: applicationInsightsName
    askFromOutside: availabilityTest && empty(allowedCallers)
    healthUrl: '${app.outputs.url}/api/health'
    alertOnSilence: alertOnSilence
    monthlyBudget: monthlyBudget
    budgetStartDate: checks.budgetStart(budgetStartDate, thisMonth)
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output SERVICE_DESTINATION_URI string = app.outputs.url
