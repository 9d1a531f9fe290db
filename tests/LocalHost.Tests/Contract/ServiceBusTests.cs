using CustomerIoDestination.ApiContract;

namespace CustomerIoDestination.LocalHost.Tests.Contract;

[CollectionDefinition(Name)]
public sealed class ServiceBusApi : ICollectionFixture<ServiceBusHost>
{
    public const string Name = "API over Service Bus";
}

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusKeyTests(ServiceBusHost host) : KeyContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusKeylessTests(ServiceBusHost host) : KeylessLoopbackContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusIngestTests(ServiceBusHost host) : IngestContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusSignatureTests(ServiceBusHost host) : SignatureContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusPreviewTests(ServiceBusHost host) : PreviewContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusStatusTests(ServiceBusHost host) : StatusContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusDeliveriesTests(ServiceBusHost host) : DeliveriesContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusDeadLetterListTests(ServiceBusHost host) : DeadLetterListContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusDeadLetterPassTests(ServiceBusHost host) : DeadLetterPassContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusResumeTests(ServiceBusHost host) : ResumeContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusUnknownRouteTests(ServiceBusHost host) : UnknownRouteContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusPageTests(ServiceBusHost host) : PageContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusWholeListTests(ServiceBusHost host) : WholeListContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusSettingsTests(ServiceBusHost host) : SettingsContract(host);

[Collection(ServiceBusApi.Name)]
public sealed class ServiceBusForgetTests(ServiceBusHost host) : ForgetContract(host);
