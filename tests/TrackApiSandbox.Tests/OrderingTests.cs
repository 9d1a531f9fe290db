using TrackApiSandbox.Tests.Support;

namespace TrackApiSandbox.Tests;

public sealed class OrderingTests
{
    [Fact]
    public async Task An_identify_older_than_the_last_change_changes_nothing()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"plan":"new","_timestamp":1768000100}""");

        (await sandbox.IdentifyAsync("u1", """{"plan":"old","other":1,"email":"a@b.co","_timestamp":1768000099}""")).ShouldBeAccepted();

        sandbox.Attribute("u1", "plan").ShouldBe("\"new\"");
        sandbox.Attribute("u1", "other").ShouldBeNull();
        sandbox.Person("u1").Email.ShouldBeNull();
        sandbox.Dropped("older_than_last_change").ShouldBe(1);
    }

    [Theory]
    [InlineData(1768000100)]
    [InlineData(1768000101)]
    public async Task An_identify_as_old_or_newer_applies(long timestamp)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"plan":"first","_timestamp":1768000100}""");

        await sandbox.IdentifyAsync("u1", $$"""{"plan":"second","_timestamp":{{timestamp}}}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"second\"");
    }

    [Fact]
    public async Task Without_a_timestamp_the_time_of_receipt_counts()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", """{"plan":"received"}""");

        await sandbox.IdentifyAsync("u1", $$"""{"plan":"older","_timestamp":{{sandbox.Now - 1}}}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"received\"");
    }

    [Fact]
    public async Task A_timestamp_from_the_future_drops_what_comes_until_then()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", $$"""{"plan":"future","_timestamp":{{sandbox.Now + 60}}}""");
        await sandbox.IdentifyAsync("u1", """{"plan":"dropped"}""");
        sandbox.Attribute("u1", "plan").ShouldBe("\"future\"");

        sandbox.Time.Advance(TimeSpan.FromSeconds(60));
        await sandbox.IdentifyAsync("u1", """{"plan":"caught up"}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"caught up\"");
    }

    [Theory]
    [InlineData("1768000100000")]
    [InlineData("\"2026-01-01T00:00:00Z\"")]
    [InlineData("-5")]
    [InlineData("{}")]
    public async Task A_timestamp_that_is_no_unix_time_is_the_time_of_receipt(string timestamp)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("u1", $$"""{"plan":"now","_timestamp":{{timestamp}}}""");

        await sandbox.IdentifyAsync("u1", $$"""{"plan":"older","_timestamp":{{sandbox.Now - 1}}}""");
        await sandbox.IdentifyAsync("u1", $$"""{"later":1,"_timestamp":{{sandbox.Now}}}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"now\"");
        sandbox.Attribute("u1", "later").ShouldBe("1");
    }

    [Fact]
    public async Task An_event_is_no_change_of_attributes()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.TrackAsync("u1", """{"name":"opened"}""");

        await sandbox.IdentifyAsync("u1", """{"plan":"old","_timestamp":1600000000}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"old\"");
    }

    [Fact]
    public async Task An_older_identify_does_not_claim_a_profile()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.IdentifyAsync("jane@example.com", """{"_timestamp":1768000100}""");

        await sandbox.IdentifyAsync("u1", """{"email":"jane@example.com","_timestamp":1768000000}""");

        sandbox.OnlyPerson().Id.ShouldBeNull();
    }

    [Fact]
    public async Task The_timestamp_beside_v2_attributes_orders_too_and_wins_over_theirs()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"identify","timestamp":1768000100,"attributes":{"plan":"new"}}""");

        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"identify","timestamp":1768000000,"attributes":{"plan":"old","_timestamp":1768000200}}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"new\"");
    }

    [Fact]
    public async Task A_timestamp_among_v2_attributes_counts_alone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.EntityAsync("""{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{"plan":"new","_timestamp":1768000100}}""");

        await sandbox.IdentifyAsync("u1", """{"plan":"newer","_timestamp":1768000101}""");

        sandbox.Attribute("u1", "plan").ShouldBe("\"newer\"");
    }
}
