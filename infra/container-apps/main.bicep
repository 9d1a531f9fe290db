targetScope = 'subscription'

import { callers, environment } from '../checks.bicep'
import { serviceBusOptions } from '../modules/types.bicep'

metadata description = 'Freshpaint to Customer.io destination as a container: Container Apps, a Service Bus queue, and all they need. docs/container.md tells the steps.'

@minLength(1)
@maxLength(64)
@description('Names the environment; the names of all resources follow from it.')
param environmentName string

@description('The region of all resources.')
param location string

@description('Who deploys, and so sets the secrets. Empty: nobody is granted it.')
param principalId string = ''

param principalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('The image, with its tag. Empty at first: all but the app is made, so that the secrets can be set before it starts.')
param image string = ''

@description('The Azure registry the image is in, by its host name; the app\'s identity needs AcrPull there. Empty: the image is public.')
param registryServer string = ''

param queueName string = loadJsonContent('../queue.json').name

param serviceBus serviceBusOptions = {
  sku: 'Standard'
  messagingUnits: 1
  queueSizeMegabytes: 5120
}

@minValue(1)
@maxValue(40)
@description('The most replicas. Any number keeps order and rate: sessions and blob leases see to it.')
param maximumReplicas int = 4

@description('The app\'s settings that differ from their defaults, by the names of docs/settings.md. No secrets.')
param settings { *: string } = {}

@description('Addresses or CIDR ranges of IPv4 that may call the app. Empty: everyone, as far as the keys allow.')
param allowedCallers string[] = []

@description('Namespace and vault can\'t be deleted before their locks are.')
param deleteLocks bool = true

@description('Makes a custom role, which the deploying principal must be allowed to. The scaler needs it.')
param grantNamespaceRead bool = true

@minValue(30)
@maxValue(730)
param retentionDays int = 90

@description('Addresses the alerts are sent to.')
param alertEmailAddresses string[] = []

@description('Addresses the alerts are posted to, by https, with commas between. They often hold a token.')
@secure()
param alertWebhooks string = ''

var suffix = toLower(uniqueString(subscription().id, environmentName, location, 'container'))
var identityName = 'id-${suffix}'
var stateAccount = 'ststate${suffix}'
var leaseContainer = 'rate-share'
var tags = { 'destination-environment': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environment(environmentName)}-container'
  location: location
  tags: tags
}

module identity '../modules/identity.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: identityName
  }
}

module monitoring '../modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: 'log-${suffix}'
    applicationInsightsName: 'appi-${suffix}'
    retentionDays: retentionDays
    dailyCapGigabytes: -1
    senderPrincipalId: identity.outputs.principalId
    senderIdentityName: identityName
  }
}

module bus '../modules/service-bus.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'sbns-${suffix}'
    queueName: queueName
    options: serviceBus
    private: false
    deleteLocks: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
    grantNamespaceRead: grantNamespaceRead
  }
}

module state '../modules/storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: stateAccount
    containers: [
      leaseContainer
    ]
    private: false
    zoneRedundant: false
    softDeleteDays: 7
    hasTables: true
    workspaceId: monitoring.outputs.workspaceId
  }
}

module stateAccess '../modules/state-access.bicep' = {
  scope: group
  dependsOn: [
    state
  ]
  params: {
    stateAccountName: stateAccount
    leaseContainerName: leaseContainer
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
  }
}

module vault '../modules/key-vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    name: 'kv-${suffix}'
    private: false
    allowedIpAddresses: []
    deleteLocks: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identity.outputs.principalId
    appIdentityName: identityName
    operatorPrincipalId: principalId
    operatorPrincipalType: principalType
  }
}

// A secret that is not there yet would fail the whole deployment.
module app '../modules/container-app.bicep' = if (!empty(image)) {
  scope: group
  dependsOn: [
    stateAccess
  ]
  params: {
    location: location
    tags: tags
    name: 'ca-${suffix}'
    environmentName: 'cae-${suffix}'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    image: image
    registryServer: registryServer
    serviceBusNamespace: bus.outputs.fullyQualifiedNamespace
    queueName: queueName
    stateBlobEndpoint: state.outputs.blobEndpoint
    stateTableEndpoint: state.outputs.tableEndpoint
    vaultUri: vault.outputs.uri
    workspaceId: monitoring.outputs.workspaceId
    maximumReplicas: maximumReplicas
    settings: settings
    allowedCallers: callers(allowedCallers)
  }
}

module actionGroup '../modules/action-group.bicep' = {
  scope: group
  params: {
    tags: tags
    suffix: suffix
    emailAddresses: alertEmailAddresses
    webhooks: alertWebhooks
  }
}

module onMetric '../modules/metric-alerts.bicep' = {
  scope: group
  params: {
    tags: tags
    suffix: suffix
    serviceBusId: bus.outputs.id
    queueName: queueName
    queueSizeMegabytes: serviceBus.queueSizeMegabytes
    actionGroupId: actionGroup.outputs.id
  }
}

module availability '../modules/availability.bicep' = if (!empty(image) && empty(allowedCallers)) {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    applicationInsightsName: 'appi-${suffix}'
    healthUrl: '${app!.outputs.url}/api/health'
    actionGroupId: actionGroup.outputs.id
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output DESTINATION_URI string = app.?outputs.url ?? ''
