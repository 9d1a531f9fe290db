// What the app may do in the two storage accounts.

import { roles } from 'roles.bicep'

param hostAccountName string
param stateAccountName string
param leaseContainerName string
param appPrincipalId string

@description('The identity\'s name, which every assignment\'s name holds: an assignment\'s principal can\'t be changed, and its id is not known beforehand.')
param appIdentityName string

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource stateAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: stateAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource leases 'containers' existing = {
      name: leaseContainerName
    }
  }
}

// The account and not a container: the Functions host makes containers of its own in it. Nothing else lives there.
resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, appIdentityName, roles.blobDataOwner)
  scope: hostAccount
  properties: {
    description: 'The Functions host: its locks, its keys and the deployment package.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
  }
}

resource leases 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(stateAccount::blobs::leases.id, appIdentityName, roles.blobDataContributor)
  scope: stateAccount::blobs::leases
  properties: {
    description: 'The leases by which instances share the rate.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
  }
}

// The account and not a table: the delivery log makes a table a day and drops old ones.
resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(stateAccount.id, appIdentityName, roles.tableDataContributor)
  scope: stateAccount
  properties: {
    description: 'The delivery log and the destination\'s state.'
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
  }
}
