// The queue. Sessions, duplicate detection and partitioning are fixed at creation: docs/operations.md tells how to change them.

import { resourceTags, serviceBusOptions } from 'types.bicep'
import { roles } from 'roles.bicep'

param location string
param tags resourceTags
param name string
param queueName string
param options serviceBusOptions

@description('Reachable from private endpoints only. Premium only.')
param private bool

param deleteLocks bool
param workspaceId string

@description('The principal of the app.')
param appPrincipalId string

@description('The identity\'s name, which every assignment\'s name holds: an assignment\'s principal can\'t be changed, and its id is not known beforehand.')
param appIdentityName string

@description('Whether the scaler may read the namespace by a custom role. Off, it estimates from a peek, and the depth of the queue is not known.')
param grantNamespaceRead bool

var queueDefinition = loadJsonContent('../queue.json')
var premium = options.sku == 'Premium'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: options.sku
    tier: options.sku
    capacity: premium ? options.messagingUnits : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    premiumMessagingPartitions: premium ? 1 : 0
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: queueName
  properties: {
    lockDuration: queueDefinition.lockDuration
    defaultMessageTimeToLive: queueDefinition.defaultMessageTimeToLive
    duplicateDetectionHistoryTimeWindow: queueDefinition.duplicateDetectionHistoryTimeWindow
    maxDeliveryCount: queueDefinition.maxDeliveryCount
    deadLetteringOnMessageExpiration: queueDefinition.deadLetteringOnMessageExpiration
    requiresDuplicateDetection: queueDefinition.requiresDuplicateDetection
    requiresSession: queueDefinition.requiresSession
    enablePartitioning: false
    enableBatchedOperations: true
    maxSizeInMegabytes: options.queueSizeMegabytes
  }
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(queue.id, appIdentityName, roles.serviceBusDataSender)
  scope: queue
  properties: {
    description: 'Ingest and replay send to this queue.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(queue.id, appIdentityName, roles.serviceBusDataReceiver)
  scope: queue
  properties: {
    description: 'Delivery, and the dead letters, receive from this queue.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}

// The scaler and the counts ask the namespace; the built-in role that may (Data Owner) could also send, receive and manage.
resource namespaceReader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (grantNamespaceRead) {
  name: guid(namespace.id, 'namespace reader')
  properties: {
    roleName: 'Service Bus namespace reader (${name})'
    description: 'Reads the namespace and the counts of its queues; no messages.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.ServiceBus/namespaces/read'
          'Microsoft.ServiceBus/namespaces/*/read'
        ]
        notActions: []
      }
    ]
  }
}

resource readNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (grantNamespaceRead) {
  name: guid(namespace.id, appIdentityName, namespaceReader.id)
  scope: namespace
  properties: {
    description: 'The scaler and the status read how many messages wait.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: namespaceReader.id
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLocks) {
  name: 'keep'
  scope: namespace
  properties: {
    level: 'CanNotDelete'
    notes: 'The queue holds events that exist nowhere else.'
  }
}

output id string = namespace.id
output fullyQualifiedNamespace string = replace(
  replace(namespace.properties.serviceBusEndpoint, 'https://', ''),
  ':443/',
  ''
)
