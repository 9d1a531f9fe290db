using Azure;
using Azure.Security.KeyVault.Secrets;
using CustomerIoDestination.AzureServices.Secrets;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.Secrets;

public sealed class VaultCredentialsTests : IDisposable
{
    private readonly Mock<SecretClient> _vault = new(MockBehavior.Strict);
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<VaultCredentials> _log = new();
    private readonly VaultCredentials _credentials;

    public VaultCredentialsTests() => _credentials = new VaultCredentials("site", "customerio-api-key", version: null, _vault.Object, _time, _log);

    [Fact]
    public async Task The_key_is_read_once_and_stays_the_same_instance()
    {
        VaultHas("first-key");

        TrackApiCredentials? read = await GetAsync();

        read.ShouldNotBeNull().SiteId.ShouldBe("site");
        read.ApiKey.Reveal().ShouldBe("first-key");
        (await GetAsync()).ShouldBeSameAs(read);
        Reads().ShouldBe(1);
    }

    [Fact]
    public async Task A_rotated_key_is_seen_after_the_old_one_was_refused()
    {
        VaultHas("first-key");
        await GetAsync();
        VaultHas("second-key");

        _credentials.Forget();

        (await GetAsync())!.ApiKey.Reveal().ShouldBe("second-key");
    }

    [Fact]
    public async Task A_key_that_did_not_change_is_the_same_instance_after_it_was_read_again()
    {
        VaultHas("first-key");
        TrackApiCredentials? before = await GetAsync();

        _credentials.Forget();

        (await GetAsync()).ShouldBeSameAs(before);
        Reads().ShouldBe(2);
    }

    [Fact]
    public async Task While_the_vault_does_not_answer_the_last_key_is_used_and_the_vault_is_asked_each_ten_seconds()
    {
        VaultHas("first-key");
        TrackApiCredentials? before = await GetAsync();
        VaultFails();
        _credentials.Forget();

        (await GetAsync()).ShouldBeSameAs(before);
        (await GetAsync()).ShouldBeSameAs(before);

        Reads().ShouldBe(2);
        _time.Advance(TimeSpan.FromSeconds(10));
        await GetAsync();
        Reads().ShouldBe(3);
    }

    [Fact]
    public async Task A_vault_that_hangs_holds_up_nobody_but_the_one_who_asks_it_and_that_one_for_five_seconds()
    {
        VaultHas("first-key");
        TrackApiCredentials? before = await GetAsync();
        VaultHangs();
        _credentials.Forget();

        Task<TrackApiCredentials?> asking = GetAsync().AsTask();

        (await GetAsync()).ShouldBeSameAs(before);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        asking.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(0.1));
        (await asking).ShouldBeSameAs(before);
        (await GetAsync()).ShouldBeSameAs(before, "it is left alone for ten seconds");
        Reads().ShouldBe(2);
        _log.LatestRecord.Message.ShouldBe("The Track API key can't be read from the vault (no_answer).");
    }

    [Fact]
    public async Task A_vault_that_hangs_from_the_start_leaves_everybody_without_a_key_after_five_seconds()
    {
        VaultHangs();
        Task<TrackApiCredentials?>[] asking = [GetAsync().AsTask(), GetAsync().AsTask()];

        _time.Advance(TimeSpan.FromSeconds(5));

        (await Task.WhenAll(asking)).ShouldAllBe(credentials => credentials == null);
        Reads().ShouldBe(1);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_the_vault_to_the_next()
    {
        VaultHangs();
        using CancellationTokenSource impatient = new();
        Task<TrackApiCredentials?> first = _credentials.GetAsync(impatient.Token).AsTask();

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        VaultHas("first-key");

        (await GetAsync())!.ApiKey.Reveal().ShouldBe("first-key");
    }

    [Fact]
    public async Task Without_any_key_there_are_no_credentials_and_that_is_said()
    {
        VaultFails();

        (await GetAsync()).ShouldBeNull();

        _log.LatestRecord.Message.ShouldBe("The Track API key can't be read from the vault (Forbidden).");
    }

    public void Dispose() => _credentials.Dispose();

    private ValueTask<TrackApiCredentials?> GetAsync() => _credentials.GetAsync(CancellationToken.None);

    private int Reads() => _vault.Invocations.Count;

    private void VaultHas(string key) => Vault().ReturnsAsync(Response.FromValue(new KeyVaultSecret("customerio-api-key", key), Mock.Of<Response>()));

    private void VaultHangs() => Vault().Returns(new TaskCompletionSource<Response<KeyVaultSecret>>().Task);

    private void VaultFails() => Vault().ThrowsAsync(new RequestFailedException(403, "no", "Forbidden", null));

    private Moq.Language.Flow.ISetup<SecretClient, Task<Response<KeyVaultSecret>>> Vault() =>
        _vault.Setup(vault => vault.GetSecretAsync("customerio-api-key", null, It.IsAny<CancellationToken>()));
}
