using CustomerIoDestination.ApiContract;

namespace CustomerIoDestination.LocalHost.Tests.Contract;

[CollectionDefinition(Name)]
public sealed class SqliteApi : ICollectionFixture<SqliteHost>
{
    public const string Name = "API over SQLite";
}

[Collection(SqliteApi.Name)]
public sealed class SqliteKeyTests(SqliteHost host) : KeyContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteKeylessTests(SqliteHost host) : KeylessLoopbackContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteIngestTests(SqliteHost host) : IngestContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteSignatureTests(SqliteHost host) : SignatureContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqlitePreviewTests(SqliteHost host) : PreviewContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteStatusTests(SqliteHost host) : StatusContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteDeliveriesTests(SqliteHost host) : DeliveriesContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteDeadLetterListTests(SqliteHost host) : DeadLetterListContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteDeadLetterPassTests(SqliteHost host) : DeadLetterPassContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteResumeTests(SqliteHost host) : ResumeContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteUnknownRouteTests(SqliteHost host) : UnknownRouteContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqlitePageTests(SqliteHost host) : PageContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteWholeListTests(SqliteHost host) : WholeListContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteSettingsTests(SqliteHost host) : SettingsContract(host);

[Collection(SqliteApi.Name)]
public sealed class SqliteForgetTests(SqliteHost host) : ForgetContract(host);
