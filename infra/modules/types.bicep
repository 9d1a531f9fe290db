// The shapes the modules share. Sealed, so that a mistyped setting fails the build and not the app.

@export()
@description('Tags on every resource.')
type resourceTags = {
  *: string
}

@export()
@description('A Service Bus namespace. Premium is needed for private endpoints.')
@sealed()
type serviceBusOptions = {
  @description('Standard is throttled at 1,000 credits a second, about 500 events a second end to end.')
  sku: 'Standard' | 'Premium'

  @description('Messaging units. Premium only.')
  messagingUnits: 1 | 2 | 4 | 8 | 16

  @description('The queue\'s size. Above 5,120 needs Premium. Can be raised later.')
  queueSizeMegabytes: 1024 | 2048 | 3072 | 4096 | 5120 | 10240 | 20480 | 40960 | 81920
}

@export()
@description('An instance group that is never scaled in: http, or function: and the name of a function.')
@sealed()
type alwaysReadyGroup = {
  name: string

  @minValue(1)
  instanceCount: int
}

@export()
@description('How the Flex Consumption plan scales.')
@sealed()
type scaleOptions = {
  @description('The most instances. Some regions accept no fewer than 40.')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('512 is a quarter of a core, 2,048 one core, 4,096 two.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Concurrent HTTP requests an instance takes before the platform adds another.')
  @minValue(1)
  @maxValue(1000)
  httpPerInstanceConcurrency: int
}

@export()
@description('When an alert fires.')
@sealed()
type alertOptions = {
  @description('Age of the oldest waiting event, in seconds.')
  @minValue(60)
  oldestAgeSeconds: int

  @description('Customer.io answers 429 within 15 minutes.')
  @minValue(1)
  rateLimited: int

  @description('Customer.io answers 5xx within 15 minutes.')
  @minValue(1)
  serverErrors: int

  @description('How long no event may come in.')
  silenceWindow: 'PT15M' | 'PT30M' | 'PT1H' | 'PT2H' | 'PT6H' | 'P1D'
}

@export()
@description('The app\'s own settings that differ from their defaults. Secrets are never here: they live in the vault. Write keys are none: every page shows its own.')
@sealed()
type destinationSettings = {
  CustomerIo__SiteId: string?
  CustomerIo__Region: 'auto' | 'us' | 'eu'?
  CustomerIo__TrackApiUrl: string?
  CustomerIo__AllowHttp: bool?
  Delivery__RequestsPerSecond: int?
  Delivery__Mode: 'single' | 'batch'?
  Delivery__RetryWindow: string?
  Delivery__HoldBudget: string?
  Delivery__BatchItems: int?
  Delivery__BatchAnonymous: bool?
  Delivery__LivePartitions: int?
  Delivery__ImportPartitions: int?
  Mapping__PersonIdentifier: 'auto' | 'id' | 'email'?
  Mapping__ConvertDates: bool?
  Mapping__SendNulls: bool?
  Mapping__AnonymousId: bool?
  Mapping__EmailFromProperties: bool?
  Mapping__PlaceholderIdentifiers: string?
  Mapping__EventIdProperty: string?
  Mapping__UnidentifiedIdentify: 'skip' | 'deadLetter'?
  Mapping__MayCreatePeople: bool?
  Mapping__EventsMayCreatePeople: bool?
  Mapping__WithoutEmail: 'send' | 'skip' | 'deadLetter' | 'skipUnlessKnown' | 'deadLetterUnlessKnown'?
  Mapping__ClaimAnonymous: bool?
  Mapping__RepeatMergeAfter: string?
  Mapping__ObjectTypeId: string?
  Mapping__AsOfNow: bool?
  Limits__AttributeName: 'deadLetter' | 'trim'?
  Limits__AttributeValue: 'deadLetter' | 'trim' | 'cut'?
  Limits__AttributeCount: 'deadLetter' | 'trim'?
  Limits__EventName: 'deadLetter' | 'trim'?
  Limits__PageName: 'deadLetter' | 'trim'?
  Ingest__WriteKeys__0: string?
  Ingest__WriteKeys__1: string?
  Ingest__AllowedOrigins: string?
  Ingest__BrowserRate: int?
  Ingest__BrowserIdentify: 'noEmailChange' | 'full' | 'off'?
  Ingest__TrustedProxies: string?
  Ingest__ImportOlderThan: string?
  Ingest__MaxBodyBytes: int?
  Privacy__Hipaa: bool?
  Rules__Path: string?
  ServiceBus__TransportType: 'AmqpTcp' | 'AmqpWebSockets'?
  DeadLetters__Retention: string?
  Privacy__ForgetWindow: string?

  @description('The share of traces without a failure that is kept, 0 to 1, as text: there are no fractions here.')
  Telemetry__SuccessSampling: string?
}
