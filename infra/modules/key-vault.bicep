// The vault. Its secrets are set by infra/hooks/secrets or by hand, never by a template: a template's parameters are kept in the deployment history.

import { resourceTags } from 'types.bicep'
import { roles } from 'roles.bicep'

param location string
param tags resourceTags
param name string

@description('Reachable from private endpoints, and from allowedIpAddresses if there are any.')
param private bool

@description('Addresses or CIDR ranges from which secrets may be set while the vault is private.')
param allowedIpAddresses string[]

param deleteLocks bool
param workspaceId string

@description('The principal of the app.')
param appPrincipalId string

@description('The identity\'s name, which every assignment\'s name holds: an assignment\'s principal can\'t be changed, and its id is not known beforehand.')
param appIdentityName string

@description('Who sets the secrets: the one who deploys. Empty: nobody is granted it.')
param operatorPrincipalId string

param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: private && empty(allowedIpAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
      ipRules: [for address in allowedIpAddresses: { value: address }]
    }
  }
}

// The vault and not its secrets: they don't exist when this is deployed, and the vault holds no others.
resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appIdentityName, roles.secretsUser)
  scope: vault
  properties: {
    description: 'The app reads its keys.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsUser)
  }
}

resource setSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  name: guid(vault.id, operatorPrincipalId, roles.secretsOfficer)
  scope: vault
  properties: {
    description: 'The operator sets and rotates the keys.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.secretsOfficer)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLocks) {
  name: 'keep'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'The keys of the senders and of Customer.io.'
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
