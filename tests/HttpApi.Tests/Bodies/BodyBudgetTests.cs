using System.Net;
using System.Text;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.HttpApi.Tests.Bodies;

/// <summary>What bodies may take together, in memory and in time.</summary>
public sealed class BodyBudgetTests
{
    private const int Mebibyte = 1024 * 1024;

    private readonly BodyBudget _budget = new();

    [Fact]
    public void Strangers_bodies_end_at_their_share_and_proven_senders_are_still_served()
    {
        List<BodyBudget.Share> strangers = [.. Enumerable.Range(0, 16).Select(_ => _budget.Begin(isProven: false))];
        strangers.ShouldAllBe(share => share.TryGrow(Mebibyte));

        using BodyBudget.Share oneMore = _budget.Begin(isProven: false);
        oneMore.TryGrow(1).ShouldBeFalse();
        List<BodyBudget.Share> proven = [.. Enumerable.Range(0, 48).Select(_ => _budget.Begin(isProven: true))];
        proven.ShouldAllBe(share => share.TryGrow(Mebibyte));
        using BodyBudget.Share late = _budget.Begin(isProven: true);
        late.TryGrow(1).ShouldBeFalse();

        strangers[0].Dispose();
        late.TryGrow(Mebibyte).ShouldBeTrue();
        strangers.ForEach(share => share.Dispose());
        proven.ForEach(share => share.Dispose());
        late.Dispose();
        _budget.Taken.ShouldBe(0);
    }

    [Fact]
    public void A_body_whose_signature_was_right_leaves_the_strangers_share()
    {
        using BodyBudget.Share signed = _budget.Begin(isProven: false);
        signed.TryGrow(16 * Mebibyte).ShouldBeTrue();
        using BodyBudget.Share other = _budget.Begin(isProven: false);
        other.TryGrow(1).ShouldBeFalse();

        signed.Prove();

        other.TryGrow(16 * Mebibyte).ShouldBeTrue();
    }

    [Fact]
    public async Task A_body_beyond_the_budget_is_refused_at_once_and_may_come_again()
    {
        using BodyBudget.Share all = _budget.Begin(isProven: true);
        all.TryGrow(BodyBudget.MostBytes).ShouldBeTrue();
        RequestBody bodies = new(_budget, TimeProvider.System);

        BodyResult refused = await bodies.ReadAsync(Request("{}"), 1000, signature: null);
        all.Dispose();

        (refused.Refusal!.Status, refused.Refusal.Code).ShouldBe((503, "busy"));
        (await bodies.ReadAsync(Request("{}"), 1000, signature: null)).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_within_a_minute_is_refused()
    {
        FakeTimeProvider time = new();
        RequestBody bodies = new(_budget, time);
        DefaultHttpContext context = new();
        context.Request.Body = new NeverEnding();
        ValueTask<BodyResult> reading = bodies.ReadAsync(context.Request, 1000, signature: null);
        reading.IsCompleted.ShouldBeFalse();

        time.Advance(RequestBody.LongestArrival);

        BodyResult result = await reading;
        (result.Refusal!.Status, result.Refusal.Code).ShouldBe((408, "body_too_slow"));
    }

    [Fact]
    public async Task A_chunk_of_a_size_beyond_all_numbers_is_a_bad_request_and_no_error_of_this_server()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        DefaultHttpContext context = new() { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.Host = new HostString("localhost");
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Body = new Overflowing();

        IResult answer = await host.Api.HandleAsync(ApiRoutes.IngestEvents, context.Request);

        await answer.ExecuteAsync(context);
        context.Response.StatusCode.ShouldBe(400);
        host.Logs.GetSnapshot().ShouldAllBe(record => record.Level < LogLevel.Information);
    }

    private static HttpRequest Request(string body)
    {
        DefaultHttpContext context = new();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = body.Length;
        return context.Request;
    }

    private sealed class NeverEnding : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    // As the server's reader of chunks fails.
    private sealed class Overflowing : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("The request body could not be read.", new OverflowException());
    }
}
