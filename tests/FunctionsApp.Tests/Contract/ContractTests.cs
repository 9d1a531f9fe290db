using CustomerIoDestination.ApiContract;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

[CollectionDefinition(Name)]
public sealed class FunctionsApi : ICollectionFixture<FunctionsAppUnderTest>
{
    public const string Name = "API of the Functions app";
}

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsKeyTests(FunctionsAppUnderTest host) : KeyContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsKeylessTests(FunctionsAppUnderTest host) : KeylessRefusalContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsIngestTests(FunctionsAppUnderTest host) : IngestContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsSignatureTests(FunctionsAppUnderTest host) : SignatureContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsPreviewTests(FunctionsAppUnderTest host) : PreviewContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsStatusTests(FunctionsAppUnderTest host) : StatusContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsDeliveriesTests(FunctionsAppUnderTest host) : DeliveriesContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsDeadLetterListTests(FunctionsAppUnderTest host) : DeadLetterListContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsDeadLetterPassTests(FunctionsAppUnderTest host) : DeadLetterPassContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsResumeTests(FunctionsAppUnderTest host) : ResumeContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsUnknownRouteTests(FunctionsAppUnderTest host) : UnknownRouteContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsPageTests(FunctionsAppUnderTest host) : PageContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsWholeListTests(FunctionsAppUnderTest host) : WholeListContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsSettingsTests(FunctionsAppUnderTest host) : SettingsContract(host);

[Collection(FunctionsApi.Name)]
[RunsWithAzurite]
public sealed class FunctionsForgetTests(FunctionsAppUnderTest host) : ForgetContract(host);
