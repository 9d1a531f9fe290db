using System.Text;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.People;

public sealed class MemoryPersonStoreTests : PersonStoreContract
{
    protected override Task<(IPersonStore Store, Func<ValueTask> End)> StartAsync() =>
        Task.FromResult<(IPersonStore, Func<ValueTask>)>((new MemoryPersonStore(), static () => default));
}

public sealed class PersonCipherTests
{
    private readonly PersonCipher _cipher = new("a secret that is long enough for it"u8);

    [Fact]
    public void The_same_identifier_has_the_same_key_and_another_secret_another_one()
    {
        PersonCipher other = new("another secret that is long enough"u8);

        _cipher.OfId(Utf8Text.Of("u-1")).ShouldBe(_cipher.OfId(Utf8Text.Of("u-1")));
        other.OfId(Utf8Text.Of("u-1")).ShouldNotBe(_cipher.OfId(Utf8Text.Of("u-1")));
        other.Fingerprint.ToArray().ShouldNotBe(_cipher.Fingerprint.ToArray());
    }

    [Fact]
    public void A_user_id_a_device_and_an_e_mail_of_the_same_text_are_three_keys()
    {
        var text = Utf8Text.Of("42");

        new[] { _cipher.OfId(text), _cipher.OfEmail(text), _cipher.OfDevice(text) }.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void An_e_mail_is_compared_without_case_also_where_it_is_the_user_id()
    {
        PersonKey key = _cipher.OfEmail(Utf8Text.Of("jane@example.com"));

        _cipher.OfEmail(Utf8Text.Of("Jane@Example.COM")).ShouldBe(key);
        _cipher.OfId(Utf8Text.Of("JANE@example.com")).ShouldBe(key);
    }

    [Fact]
    public void A_user_id_is_compared_with_case() => _cipher.OfId(Utf8Text.Of("U-1")).ShouldNotBe(_cipher.OfId(Utf8Text.Of("u-1")));

    [Fact]
    public void An_identifier_longer_than_any_that_is_sent_has_a_key_too() =>
        _cipher.OfId(Utf8Text.Of(new string('x', 5_000))).ShouldNotBe(_cipher.OfId(Utf8Text.Of(new string('x', 5_001))));

    [Fact]
    public void A_text_encrypted_for_a_device_is_read_for_that_device_and_with_that_secret_only()
    {
        PersonKey device = _cipher.OfDevice(Utf8Text.Of("d-1"));
        byte[] sealedBytes = _cipher.Encrypt(device, "u-1"u8);

        Encoding.UTF8.GetString(_cipher.Decrypt(device, sealedBytes)!).ShouldBe("u-1");
        _cipher.Decrypt(_cipher.OfDevice(Utf8Text.Of("d-2")), sealedBytes).ShouldBeNull();
        new PersonCipher("another secret that is long enough"u8).Decrypt(device, sealedBytes).ShouldBeNull();
        _cipher.Decrypt(device, sealedBytes.AsSpan(0, 10)).ShouldBeNull();
        sealedBytes.AsSpan().IndexOf("u-1"u8).ShouldBe(-1);
    }

    [Fact]
    public void A_key_is_read_from_its_text_and_from_its_bytes()
    {
        PersonKey key = _cipher.OfId(Utf8Text.Of("u-1"));

        PersonKey.Parse(key.ToString()).ShouldBe(key);
        PersonKey.Read(key.ToBytes()).ShouldBe(key);
        PersonKey.Parse("no key").ShouldBeNull();
    }
}
