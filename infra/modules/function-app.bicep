// The Functions app on a Flex Consumption plan. Runtime settings that Flex keeps in functionAppConfig must not appear as app settings.

import { share } from '../checks.bicep'
import { alwaysReadyGroup, destinationSettings, resourceTags, scaleOptions } from 'types.bicep'

param location string
param tags resourceTags
param name string
param planName string

@description('Of the app\'s user-assigned identity.')
param identityId string

param identityClientId string
param packageContainerUri string
param hostStorageName string
param stateBlobEndpoint string
param stateTableEndpoint string
param serviceBusNamespace string
param queueName string
param vaultUri string
param applicationInsightsConnectionString string
param workspaceId string
param scale scaleOptions
param alwaysReady alwaysReadyGroup[]

@description('Off: the receiver stops and events wait on the queue.')
param deliveryEnabled bool

@description('Instances in three zones. Needs two or more always-ready instances in each group that has any.')
param zoneRedundant bool

param settings destinationSettings

@description('Empty: not in a network.')
param subnetId string

@description('CIDR ranges that may call the app. Empty: everyone, as far as the keys allow.')
param allowedCallers string[]

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'destination' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        maximumInstanceCount: scale.maximumInstanceCount
        instanceMemoryMB: scale.instanceMemoryMB
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: scale.httpPerInstanceConcurrency
          }
        }
      }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ipSecurityRestrictionsDefaultAction: empty(allowedCallers) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: [
        for (range, index) in allowedCallers: {
          name: 'caller-${index}'
          action: 'Allow'
          priority: 100 + index
          ipAddress: range
        }
      ]
      // The deployment site too: whoever deploys must be among them.
      scmIpSecurityRestrictionsUseMain: true
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

// Every setting the app reads but those that are unset by default, written out one by one.
var reference = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/'
var always = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsDisableHomepage: 'true'
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__credential: 'managedidentity'

  // One switch for both: the receiver stops, and so does the function that would start it.
  'AzureWebJobs.DeliverEvent.Disabled': deliveryEnabled ? 'false' : 'true'
  Delivery__Enabled: deliveryEnabled ? 'true' : 'false'

  ServiceBus__clientId: identityClientId
  ServiceBus__credential: 'managedidentity'
  ServiceBus__fullyQualifiedNamespace: serviceBusNamespace
  ServiceBusQueueName: queueName
  ServiceBus__TransportType: settings.?ServiceBus__TransportType ?? 'AmqpTcp'
  Queue__Kind: 'ServiceBus'
  RateShare__blobServiceUri: stateBlobEndpoint
  DeliveryLog__tableServiceUri: stateTableEndpoint

  CustomerIo__ApiKeySecretUri: '${vaultUri}secrets/customerio-api-key'
  Ingest__Keys__0: '${reference}ingest-key-0)'
  Ingest__Keys__1: '${reference}ingest-key-1)'
  Ingest__SigningSecret: '${reference}ingest-signing-secret)'
  Ingest__LifecycleKey: '${reference}ingest-lifecycle-key)'
  Admin__Keys__0: '${reference}admin-key-0)'
  Admin__Keys__1: '${reference}admin-key-1)'
  Rules__HashSecret: '${reference}rules-hash-secret)'
  Privacy__Secret: '${reference}privacy-secret)'

  CustomerIo__SiteId: settings.?CustomerIo__SiteId ?? ''
  CustomerIo__Region: settings.?CustomerIo__Region ?? 'auto'
  Delivery__RequestsPerSecond: '${settings.?Delivery__RequestsPerSecond ?? 100}'
  Delivery__Mode: settings.?Delivery__Mode ?? 'single'
  Delivery__RetryWindow: settings.?Delivery__RetryWindow ?? '3.00:00:00'
  Delivery__HoldBudget: settings.?Delivery__HoldBudget ?? '00:10:00'
  Delivery__BatchItems: '${settings.?Delivery__BatchItems ?? 500}'
  Delivery__BatchAnonymous: settings.?Delivery__BatchAnonymous ?? false ? 'true' : 'false'
  Delivery__LivePartitions: '${settings.?Delivery__LivePartitions ?? 64}'
  Delivery__ImportPartitions: '${settings.?Delivery__ImportPartitions ?? 64}'
  Mapping__PersonIdentifier: settings.?Mapping__PersonIdentifier ?? 'auto'
  Mapping__ConvertDates: settings.?Mapping__ConvertDates ?? false ? 'true' : 'false'
  Mapping__SendNulls: settings.?Mapping__SendNulls ?? true ? 'true' : 'false'
  Mapping__AnonymousId: settings.?Mapping__AnonymousId ?? true ? 'true' : 'false'
  Mapping__EmailFromProperties: settings.?Mapping__EmailFromProperties ?? false ? 'true' : 'false'
  Mapping__UnidentifiedIdentify: settings.?Mapping__UnidentifiedIdentify ?? 'skip'
  Mapping__MayCreatePeople: settings.?Mapping__MayCreatePeople ?? true ? 'true' : 'false'
  Mapping__EventsMayCreatePeople: settings.?Mapping__EventsMayCreatePeople ?? true ? 'true' : 'false'
  Mapping__WithoutEmail: settings.?Mapping__WithoutEmail ?? 'send'
  Mapping__ObjectTypeId: settings.?Mapping__ObjectTypeId ?? '1'
  Mapping__ClaimAnonymous: settings.?Mapping__ClaimAnonymous ?? false ? 'true' : 'false'
  Mapping__AsOfNow: settings.?Mapping__AsOfNow ?? false ? 'true' : 'false'
  Limits__AttributeName: settings.?Limits__AttributeName ?? 'deadLetter'
  Limits__AttributeValue: settings.?Limits__AttributeValue ?? 'deadLetter'
  Limits__AttributeCount: settings.?Limits__AttributeCount ?? 'deadLetter'
  Limits__EventName: settings.?Limits__EventName ?? 'deadLetter'
  Limits__PageName: settings.?Limits__PageName ?? 'trim'
  Ingest__BrowserRate: '${settings.?Ingest__BrowserRate ?? 100}'
  Ingest__BrowserIdentify: settings.?Ingest__BrowserIdentify ?? 'noEmailChange'
  Ingest__MaxBodyBytes: '${settings.?Ingest__MaxBodyBytes ?? 1048576}'
  Privacy__Hipaa: settings.?Privacy__Hipaa ?? false ? 'true' : 'false'
  DeadLetters__Retention: settings.?DeadLetters__Retention ?? '30.00:00:00'
  Privacy__ForgetWindow: settings.?Privacy__ForgetWindow ?? '30.00:00:00'
  Telemetry__SuccessSampling: share(settings.?Telemetry__SuccessSampling ?? '0.1')
}

// host.json is in the package and knows the default partitions only; one instance must be able to hold them all.
var sessions = (settings.?Delivery__LivePartitions ?? 64) + (settings.?Delivery__ImportPartitions ?? 64)
var sessionsOfHostJson = loadJsonContent('../../host.json').extensions.serviceBus.maxConcurrentSessions

// Unset by default: an empty text is not the same as none, so the name appears only with a value.
var ifGiven = toObject(
  filter(
    [
      { name: 'CustomerIo__TrackApiUrl', value: settings.?CustomerIo__TrackApiUrl }
      { name: 'CustomerIo__AllowHttp', value: settings.?CustomerIo__AllowHttp ?? false ? 'true' : null }
      { name: 'Mapping__PlaceholderIdentifiers', value: settings.?Mapping__PlaceholderIdentifiers }
      { name: 'Mapping__EventIdProperty', value: settings.?Mapping__EventIdProperty }
      { name: 'Mapping__RepeatMergeAfter', value: settings.?Mapping__RepeatMergeAfter }
      { name: 'Ingest__WriteKeys__0', value: settings.?Ingest__WriteKeys__0 }
      { name: 'Ingest__WriteKeys__1', value: settings.?Ingest__WriteKeys__1 }
      { name: 'Ingest__AllowedOrigins', value: settings.?Ingest__AllowedOrigins }
      { name: 'Ingest__TrustedProxies', value: settings.?Ingest__TrustedProxies }
      { name: 'Ingest__ImportOlderThan', value: settings.?Ingest__ImportOlderThan }
      { name: 'Rules__Path', value: settings.?Rules__Path }
      {
        // The trigger's own switch: host.json says amqpTcp.
        name: 'AzureFunctionsJobHost__extensions__serviceBus__transportType'
        value: settings.?ServiceBus__TransportType == 'AmqpWebSockets' ? 'amqpWebSockets' : null
      }
      {
        name: 'AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentSessions'
        value: sessions > sessionsOfHostJson ? string(sessions) : null
      }
    ],
    setting => setting.value != null
  ),
  setting => setting.name,
  setting => setting.value
)

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(always, ifGiven)
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
