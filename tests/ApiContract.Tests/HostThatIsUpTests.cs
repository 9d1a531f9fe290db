namespace CustomerIoDestination.ApiContract.Tests;

[CollectionDefinition(Name)]
public sealed class ApiThatIsUp : ICollectionFixture<HostThatIsUp>
{
    public const string Name = "API that is up";
}

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpKeyTests(HostThatIsUp host) : KeyContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpIngestTests(HostThatIsUp host) : IngestContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpSignatureTests(HostThatIsUp host) : SignatureContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpPreviewTests(HostThatIsUp host) : PreviewContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpStatusTests(HostThatIsUp host) : StatusContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpDeliveriesTests(HostThatIsUp host) : DeliveriesContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpDeadLetterListTests(HostThatIsUp host) : DeadLetterListContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpDeadLetterPassTests(HostThatIsUp host) : DeadLetterPassContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpResumeTests(HostThatIsUp host) : ResumeContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpUnknownRouteTests(HostThatIsUp host) : UnknownRouteContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpPageTests(HostThatIsUp host) : PageContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpWholeListTests(HostThatIsUp host) : WholeListContract(host);

[Collection(ApiThatIsUp.Name)]
[RunsWhereAHostIsUp]
public sealed class UpForgetTests(HostThatIsUp host) : ForgetContract(host);
