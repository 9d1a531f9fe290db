using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class DeviceTests
{
    [Fact]
    public async Task A_device_is_added_to_the_person()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await AddAsync(sandbox, """{"device":{"id":"t1","platform":"ios","last_used":1768000000,"attributes":{"app_version":"1.2"}}}""")).ShouldBeAccepted();

        var device = sandbox.Person("u1").Devices.ShouldHaveSingleItem();
        device.ShouldSatisfyAllConditions(
            () => device.Id.ShouldBe("t1"),
            () => device.Platform.ShouldBe("ios"),
            () => device.LastUsed.ShouldBe(1768000000),
            () => device.Attributes!.Value.ToString().ShouldBe("""{"app_version":"1.2"}"""));
    }

    [Fact]
    public async Task The_same_token_replaces_the_device()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await AddAsync(sandbox, """{"device":{"id":"t1","platform":"ios"}}""");

        await AddAsync(sandbox, """{"device":{"id":"t1","platform":"android"}}""");

        sandbox.Person("u1").Devices.ShouldHaveSingleItem().Platform.ShouldBe("android");
    }

    [Fact]
    public async Task A_device_is_deleted_by_its_token()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await AddAsync(sandbox, """{"device":{"id":"a/b","platform":"ios"}}""");
        await AddAsync(sandbox, """{"device":{"id":"t2","platform":"ios"}}""");

        (await sandbox.SendAsync(HttpMethod.Delete, "/api/v1/customers/u1/devices/a%2Fb")).ShouldBeAccepted();

        sandbox.Person("u1").Devices.ShouldHaveSingleItem().Id.ShouldBe("t2");
    }

    [Theory]
    [InlineData("""{"device":{"platform":"ios"}}""", "device id must be present")]
    [InlineData("""{"device":{"id":"t1"}}""", "device platform must be ios or android")]
    [InlineData("""{"device":{"id":"t1","platform":"web"}}""", "device platform must be ios or android")]
    [InlineData("""{"device":{"token":"t1","platform":"ios"}}""", "device id must be present")]
    [InlineData("""{"device":"t1"}""", "device id must be present")]
    [InlineData("{}", "device id must be present")]
    public async Task A_device_without_token_or_platform_is_refused(string body, string error)
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        Reply reply = await AddAsync(sandbox, body);

        ((int)reply.Status).ShouldBe(400);
        reply.MetaErrors.ShouldContain(error);
    }

    [Fact]
    public async Task Version_two_calls_the_token_token()
    {
        await using var sandbox = await RunningSandbox.StartAsync();

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"add_device","device":{"token":"t1","platform":"ios"}}""")).ShouldBeAccepted();
        sandbox.Person("u1").Devices.ShouldHaveSingleItem().Id.ShouldBe("t1");

        (await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"delete_device","device":{"token":"t1"}}""")).ShouldBeAccepted();
        sandbox.Person("u1").Devices.ShouldBeEmpty();
    }

    private static Task<Reply> AddAsync(RunningSandbox sandbox, string body) => sandbox.SendAsync(HttpMethod.Put, "/api/v1/customers/u1/devices", body);
}
