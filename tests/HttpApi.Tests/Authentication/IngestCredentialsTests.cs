using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Authentication;

public sealed class IngestCredentialsTests
{
    private const string Secret = "signing-secret";

    private static readonly DestinationSettings KeysAndSignature = new()
    {
        Ingest = new IngestSettings { Keys = [new Secret("key-0"), new Secret("key-1")], SigningSecret = new Secret(Secret) },
    };

    private static readonly DestinationSettings SignatureOnly = new() { Ingest = new IngestSettings { SigningSecret = new Secret(Secret) } };

    private static readonly string Body = Some.TrackJson();

    [Theory]
    [InlineData("key-0")]
    [InlineData("key-1")]
    public async Task Either_ingest_key_suffices(string key) =>
        (await PostAsync(KeysAndSignature, $"X-Ingest-Key: {key}")).ShouldBe("202");

    [Fact]
    public async Task A_signature_suffices() => (await PostAsync(KeysAndSignature, Signed())).ShouldBe("202");

    [Fact]
    public async Task Nothing_at_all_is_refused() => (await PostAsync(KeysAndSignature)).ShouldBe("401 key_missing");

    [Fact]
    public async Task A_wrong_key_is_refused_even_beside_a_right_signature() =>
        (await PostAsync(KeysAndSignature, "X-Ingest-Key: key-2", Signed())).ShouldBe("401 key_wrong");

    [Fact]
    public async Task A_wrong_signature_is_refused_even_beside_a_right_key() =>
        (await PostAsync(KeysAndSignature, "X-Ingest-Key: key-0", Signed(secret: "another"))).ShouldBe("401 signature_wrong");

    [Fact]
    public async Task A_credential_of_a_kind_that_is_not_configured_is_not_looked_at()
    {
        (await PostAsync(SignatureOnly, "X-Ingest-Key: whatever", Signed())).ShouldBe("202");
        (await PostAsync(SignatureOnly, "X-Ingest-Key: whatever")).ShouldBe("401 key_missing");
    }

    [Fact]
    public async Task A_signature_over_other_bytes_is_wrong() =>
        (await PostAsync(KeysAndSignature, Signed(body: Body + " "))).ShouldBe("401 signature_wrong");

    [Fact]
    public async Task A_signature_moved_to_another_time_is_wrong()
    {
        string header = Signed(at: Some.Now.AddMinutes(-2));
        string moved = header.Replace(Seconds(Some.Now.AddMinutes(-2)), Seconds(Some.Now), StringComparison.Ordinal);

        (await PostAsync(KeysAndSignature, moved)).ShouldBe("401 signature_wrong");
    }

    [Theory]
    [InlineData(-301, "401 signature_expired")]
    [InlineData(-300, "202")]
    [InlineData(0, "202")]
    [InlineData(300, "202")]
    [InlineData(301, "401 signature_expired")]
    public async Task A_signature_holds_for_five_minutes_either_way(int seconds, string expected) =>
        (await PostAsync(KeysAndSignature, Signed(at: Some.Now.AddSeconds(seconds)))).ShouldBe(expected);

    [Fact]
    public async Task A_signature_from_the_far_future_is_expired_like_any_other() =>
        (await PostAsync(KeysAndSignature, $"X-Signature: t=99999999999,v1={new string('0', 64)}")).ShouldBe("401 signature_expired");

    [Theory]
    [InlineData("nonsense")]
    [InlineData("t=,v1=")]
    [InlineData("t=1769860800")]
    [InlineData("t=soon,v1=00000000000000000000000000000000")]
    [InlineData("t=1769860800,v1=0000")]
    [InlineData("t=1769860800,t=1769860800,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=-1769860800,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=999999999999,v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1769860800,v1=zz00000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_malformed_signature_is_wrong(string header) =>
        (await PostAsync(KeysAndSignature, $"X-Signature: {header}")).ShouldBe("401 signature_wrong");

    [Fact]
    public async Task Upper_case_hex_spaces_and_unknown_fields_do_not_matter()
    {
        string header = Signed()["X-Signature: ".Length..];
        string[] fields = header.Split(',');

        (await PostAsync(KeysAndSignature, $"X-Signature: v0=old, v1={fields[1][3..].ToUpperInvariant()}, {fields[0]}")).ShouldBe("202");
    }

    [Fact]
    public async Task Two_signatures_are_wrong_though_the_last_is_right()
    {
        (await PostAsync(KeysAndSignature, $"X-Signature: t=1769860800,v1={new string('0', 64)}", Signed())).ShouldBe("401 signature_wrong");
        (await PostAsync(KeysAndSignature, Signed().Replace(",v1=", $",v1={new string('0', 64)},v1=", StringComparison.Ordinal))).ShouldBe("401 signature_wrong");
    }

    [Fact]
    public async Task The_signature_covers_the_bytes_as_sent_before_gunzip()
    {
        byte[] packed = Gzip.Pack(Body);
        await using ApiHost host = await ApiHost.StartAsync(KeysAndSignature);

        (await host.SendAsync("POST", "/api/events", new ByteArrayContent(packed), "Content-Encoding: gzip", Signed(packed)).StatusAsync()).ShouldBe(202);
        (await host.SendAsync("POST", "/api/events", new ByteArrayContent(packed), "Content-Encoding: gzip", Signed()).ErrorAsync()).ShouldBe("401 signature_wrong");
    }

    [Fact]
    public async Task A_signature_that_was_made_before_the_body_was_compressed_is_refused_with_words_that_say_so()
    {
        await using ApiHost host = await ApiHost.StartAsync(KeysAndSignature);

        using HttpResponseMessage answer = await host.SendAsync("POST", "/api/events", new ByteArrayContent(Gzip.Pack(Body)), "Content-Encoding: gzip", Signed());

        (await answer.Content.ReadAsStringAsync()).ShouldContain("of a compressed body the signature is over the compressed bytes");
    }

    [Fact]
    public async Task Nothing_is_queued_for_a_wrong_signature()
    {
        await using ApiHost host = await ApiHost.StartAsync(KeysAndSignature);

        await host.PostAsync("/api/events", Body, Signed(secret: "another")).ErrorAsync();

        host.Queue.Envelopes.ShouldBeEmpty();
    }

    private static async Task<string> PostAsync(DestinationSettings settings, params string[] headers)
    {
        await using ApiHost host = await ApiHost.StartAsync(settings);
        using HttpResponseMessage response = await host.PostAsync("/api/events", Body, headers);
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        return response.IsSuccessStatusCode ? status : $"{status} {await response.CodeAsync()}";
    }

    private static string Signed(string? body = null, DateTimeOffset? at = null, string secret = Secret) => Signed(Encoding.UTF8.GetBytes(body ?? Body), at, secret);

    private static string Signed(byte[] body, DateTimeOffset? at = null, string secret = Secret)
    {
        string time = Seconds(at ?? Some.Now);
        byte[] mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(time + "."), .. body]);
        return $"X-Signature: t={time},v1={Convert.ToHexStringLower(mac)}";
    }

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
