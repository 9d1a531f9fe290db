using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Events that are signed instead of sent with a key, and events of a life's end.</summary>
public abstract class SignatureContract(HostUnderTest host) : ApiSuite(host)
{
    private readonly byte[] _sent = Encoding.UTF8.GetBytes(new Person().Track("Signed").ToJsonString());

    [SuiteFact]
    public async Task A_signature_over_the_body_opens() => (await SendAsync(Sign(DateTimeOffset.UtcNow, _sent))).ShouldBeJson(202);

    [SuiteFact]
    public async Task A_signature_over_another_body_does_not()
    {
        string signature = Sign(DateTimeOffset.UtcNow, [.. _sent, (byte)' ']);

        (await SendAsync(signature)).ShouldBeError(401, "signature_wrong");
        (await SendAsync(signature, ("X-Ingest-Key", Host.Credentials.IngestKey))).ShouldBeError(401, "signature_wrong");
        (await SendAsync(Person.Marker)).ShouldBeError(401, "signature_wrong");
    }

    [SuiteTheory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task A_signature_holds_for_five_minutes(int minutes) =>
        (await SendAsync(Sign(DateTimeOffset.UtcNow.AddMinutes(minutes), _sent))).ShouldBeError(401, "signature_expired");

    [SuiteFact]
    public async Task A_lifecycle_key_is_right_or_refused()
    {
        (await Api.IngestAsync(_sent, ("X-Lifecycle-Key", Host.Credentials.LifecycleKey))).ShouldBeJson(202);
        (await Api.IngestAsync(_sent, ("X-Lifecycle-Key", Person.Marker))).ShouldBeError(401, "lifecycle_key_wrong");
    }

    private Task<Answer> SendAsync(string signature, params (string Name, string Value)[] headers) =>
        Api.SendAsync("POST", "/api/events", _sent, [("X-Signature", signature), .. headers]);

    private string Sign(DateTimeOffset at, byte[] body)
    {
        string time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(time + "."), .. body];
        byte[] mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Host.Credentials.SigningSecret), signed);
        return $"t={time},v1={Convert.ToHexStringLower(mac)}";
    }
}
