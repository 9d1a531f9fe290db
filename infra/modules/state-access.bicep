// What a host may do in the account of the destination's state, whatever it runs on.

import { roles } from 'roles.bicep'

param stateAccountName string
param leaseContainerName string
param appPrincipalId string

@description('The identity\'s name, which every assignment\'s name holds: an assignment\'s principal can\'t be changed, and its id is not known beforehand.')
param appIdentityName string

resource stateAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: stateAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource leases 'containers' existing = {
      name: leaseContainerName
    }
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
