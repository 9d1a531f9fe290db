using Microsoft.Extensions.Time.Testing;
using TrackApiSandbox.Recording;
using TrackApiSandbox.Tests.Support;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox.Tests;

public sealed class RequestLogTests
{
    [Fact]
    public async Task Where_changes_are_only_counted_nothing_of_them_is_kept()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Port = 0, CountsOnly = true });

        (await sandbox.IdentifyAsync("u1", """{"plan":"gold"}""")).ShouldBeAccepted();
        for (int i = 0; i < 3; i++)
        {
            (await sandbox.TrackAsync("u1", """{"name":"E","data":{}}""")).ShouldBeAccepted();
        }

        sandbox.Server.GetStats().Events.ShouldBe(3);
        sandbox.Server.GetState().People.ShouldBeEmpty();
        (await sandbox.SendAsync(HttpMethod.Delete, "/sandbox/state")).ShouldBeAccepted();
        sandbox.Server.GetStats().Events.ShouldBe(0);
    }

    [Fact]
    public void Only_the_newest_calls_are_kept()
    {
        var log = new RequestLog(new FakeTimeProvider());
        for (int i = 0; i < RequestLog.Capacity + 5; i++)
        {
            log.Receive(TrackApiRoute.Identify, "PUT", "/", default);
        }

        log.After(0, int.MaxValue).Count.ShouldBe(RequestLog.Capacity);
        log.After(0, 1)[0].Sequence.ShouldBe(6);
    }

    [Fact]
    public void Bodies_are_bounded_each_and_together()
    {
        var log = new RequestLog(new FakeTimeProvider());
        byte[] body = new byte[RequestLog.MaxBodyBytes + 1];
        int fitting = RequestLog.MaxTotalBodyBytes / RequestLog.MaxBodyBytes;
        for (int i = 0; i < fitting + 3; i++)
        {
            log.Receive(TrackApiRoute.Identify, "PUT", "/", body);
        }

        log.After(0, int.MaxValue).Count.ShouldBe(fitting);
        log.After(0, int.MaxValue).ShouldAllBe(request => request.BodyTruncated && request.BodyBytes == RequestLog.MaxBodyBytes);
    }
}
