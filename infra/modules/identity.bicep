// The app's identity. It is made apart from the app so that every right exists before the app starts.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags
param name string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
