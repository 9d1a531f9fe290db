// What the app may do in the account of the Functions host.

import { roles } from 'roles.bicep'

param hostAccountName string
param appPrincipalId string

@description('The identity\'s name, which every assignment\'s name holds: an assignment\'s principal can\'t be changed, and its id is not known beforehand.')
param appIdentityName string

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
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
