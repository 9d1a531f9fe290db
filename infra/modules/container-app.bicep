// The local host as a container app: the image, what it is allowed to, when it gets replicas, and how it is asked whether it is well.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags
param name string
param environmentName string

@description('Of the app\'s user-assigned identity.')
param identityId string

param identityClientId string
param image string

@description('Empty: the image is public.')
param registryServer string

param serviceBusNamespace string
param queueName string
param stateBlobEndpoint string
param stateTableEndpoint string
param vaultUri string
param workspaceId string

@minValue(1)
param maximumReplicas int

param settings { *: string }

@description('CIDR ranges that may call the app. Empty: everyone, as far as the keys allow.')
param allowedCallers string[]

// Setting, and secret in the vault. Container Apps takes the values when the app is deployed and looks for newer ones every half hour.
var secretSettings = {
  Ingest__Keys__0: 'ingest-key-0'
  Ingest__Keys__1: 'ingest-key-1'
  Ingest__SigningSecret: 'ingest-signing-secret'
  Ingest__LifecycleKey: 'ingest-lifecycle-key'
  Admin__Keys__0: 'admin-key-0'
  Admin__Keys__1: 'admin-key-1'
  Rules__HashSecret: 'rules-hash-secret'
  Privacy__Secret: 'privacy-secret'
}

// The rate is shared by blob leases and the state by tables, so that several replicas are one destination.
var always = {
  AZURE_CLIENT_ID: identityClientId
  Queue__Kind: 'ServiceBus'
  ServiceBus__fullyQualifiedNamespace: serviceBusNamespace
  ServiceBusQueueName: queueName
  RateShare__blobServiceUri: stateBlobEndpoint
  DeliveryLog__tableServiceUri: stateTableEndpoint
  CustomerIo__ApiKeySecretUri: '${vaultUri}secrets/customerio-api-key'
}

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: environmentName
  location: location
  tags: tags
  properties: {
    // By a diagnostic setting: the workspace takes no keys.
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: environment
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

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 5
      secrets: [
        for secret in items(secretSettings): {
          name: secret.value
          keyVaultUrl: '${vaultUri}secrets/${secret.value}'
          identity: identityId
        }
      ]
      registries: empty(registryServer)
        ? []
        : [
            {
              server: registryServer
              identity: identityId
            }
          ]
      ingress: {
        external: true
        targetPort: 8080
        transport: 'auto'
        allowInsecure: false
        ipSecurityRestrictions: [
          for (range, index) in allowedCallers: {
            name: 'caller-${index}'
            action: 'Allow'
            ipAddressRange: range
          }
        ]
        traffic: [
          {
            latestRevision: true
            weight: 100
          }
        ]
      }
    }
    template: {
      // A call on the wire and its settlement end within 30 seconds.
      terminationGracePeriodSeconds: 40
      containers: [
        {
          name: 'destination'
          image: image
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: concat(
            map(items(union(always, settings)), setting => { name: setting.key, value: setting.value }),
            map(items(secretSettings), secret => { name: secret.key, secretRef: secret.value })
          )
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/api/health'
                port: 8080
              }
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 24
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/api/health'
                port: 8080
              }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
            {
              // Not the health: it tells that the queue is away, which a restart does not mend.
              type: 'Liveness'
              tcpSocket: {
                port: 8080
              }
              periodSeconds: 30
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        // Never none: what waits must be delivered, and pauses and dead letters are looked after by a process that runs.
        minReplicas: 1
        maxReplicas: maximumReplicas
        rules: [
          {
            name: 'requests'
            http: {
              metadata: {
                concurrentRequests: '100'
              }
            }
          }
          {
            // The rate to Customer.io is one for all replicas; more of them help where a replica's own work is the limit.
            name: 'waiting'
            custom: {
              type: 'azure-servicebus'
              identity: identityId
              metadata: {
                namespace: split(serviceBusNamespace, '.')[0]
                queueName: queueName
                messageCount: '2000'
              }
            }
          }
        ]
      }
    }
  }
}

output name string = app.name
output url string = 'https://${app.properties.configuration.ingress.fqdn}'
