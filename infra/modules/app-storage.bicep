// The app's two storage accounts: the Functions host's, and the destination's own state. Apart, so that neither's rights reach the other's data.
// The outputs come after the rights: an app that starts before them caches the refusal.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags

@description('Appended to each name.')
param suffix string

@description('Reachable from private endpoints only.')
param private bool

@description('Three copies in three zones instead of one.')
param zoneRedundant bool

@description('Is told who reads the tables.')
param workspaceId string

@description('The principal of the app.')
param appPrincipalId string

param appIdentityName string

var hostAccount = 'sthost${suffix}'
var stateAccount = 'ststate${suffix}'
var packageContainer = 'app-package'
var leaseContainer = 'rate-share'

module host 'storage.bicep' = {
  params: {
    location: location
    tags: tags
    name: hostAccount
    containers: [
      packageContainer
    ]
    private: private
    zoneRedundant: zoneRedundant
    softDeleteDays: 7
    hasTables: false
    workspaceId: workspaceId
  }
}

module state 'storage.bicep' = {
  params: {
    location: location
    tags: tags
    name: stateAccount
    containers: [
      leaseContainer
    ]
    private: private
    zoneRedundant: zoneRedundant
    softDeleteDays: 7
    hasTables: true
    workspaceId: workspaceId
  }
}

module hostAccess 'storage-access.bicep' = {
  dependsOn: [
    host
  ]
  params: {
    hostAccountName: hostAccount
    appPrincipalId: appPrincipalId
    appIdentityName: appIdentityName
  }
}

module stateAccess 'state-access.bicep' = {
  dependsOn: [
    state
  ]
  params: {
    stateAccountName: stateAccount
    leaseContainerName: leaseContainer
    appPrincipalId: appPrincipalId
    appIdentityName: appIdentityName
  }
}

output hostId string = host.outputs.id
output stateId string = state.outputs.id
output packageContainerUri string = '${host.outputs.blobEndpoint}${packageContainer}'
output hostName string = hostAccount
output stateBlobEndpoint string = state.outputs.blobEndpoint
output stateTableEndpoint string = state.outputs.tableEndpoint
