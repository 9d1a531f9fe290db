using System.Text;
using CustomerIoDestination.HttpApi.Bodies;
using CustomerIoDestination.HttpApi.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Tests.Bodies;

public sealed class RequestBodyTests
{
    private readonly RequestBody _bodies = new(new BodyBudget(), TimeProvider.System);

    private const int Max = 100_000;

    public static TheoryData<int, bool> AroundTheBound => new()
    {
        { Max - 1, true },
        { Max, true },
        { Max + 1, false },
    };

    [Theory]
    [MemberData(nameof(AroundTheBound))]
    public async Task A_body_of_known_length_may_have_as_many_bytes_as_the_bound(int length, bool fits)
    {
        byte[] bytes = Bytes(length);

        await ShouldReadAsync(Request(new MemoryStream(bytes), length), fits ? bytes : null);
    }

    [Theory]
    [MemberData(nameof(AroundTheBound))]
    public async Task A_body_of_unknown_length_may_have_as_many(int length, bool fits)
    {
        byte[] bytes = Bytes(length);

        await ShouldReadAsync(Request(new MemoryStream(bytes), contentLength: null), fits ? bytes : null);
    }

    [Theory]
    [MemberData(nameof(AroundTheBound))]
    public async Task A_packed_body_may_have_as_many_when_unpacked(int length, bool fits)
    {
        byte[] bytes = Bytes(length);
        byte[] packed = Gzip.Pack(bytes);
        packed.Length.ShouldBeLessThan(Max);

        await ShouldReadAsync(Request(new MemoryStream(packed), packed.Length, "gzip"), fits ? bytes : null);
    }

    [Fact]
    public async Task A_body_in_many_pieces_is_one_body()
    {
        byte[] bytes = Bytes(Max);

        await ShouldReadAsync(Request(new DrippingStream(bytes, 997), contentLength: null), bytes);
        await ShouldReadAsync(Request(new DrippingStream(bytes, 997), bytes.Length), bytes);
    }

    [Fact]
    public async Task A_body_over_the_bound_is_not_read_to_its_end()
    {
        var stream = new DrippingStream(Bytes(50 * Max), 997);

        await ShouldReadAsync(Request(stream, contentLength: null), expected: null);

        stream.Position.ShouldBeLessThan(3 * Max);
    }

    [Fact]
    public async Task A_length_over_the_bound_is_refused_unread()
    {
        var stream = new DrippingStream(Bytes(Max + 1), 997);

        await ShouldReadAsync(Request(stream, Max + 1), expected: null);

        stream.Position.ShouldBe(0);
    }

    [Fact]
    public async Task A_gzip_bomb_is_stopped_at_the_bound()
    {
        byte[] bomb = Gzip.Pack(new byte[64 * 1024 * 1024]);
        bomb.Length.ShouldBeLessThan(Max);
        long before = GC.GetAllocatedBytesForCurrentThread();

        BodyResult result = await _bodies.ReadAsync(Request(new MemoryStream(bomb), bomb.Length, "gzip"), Max, signature: null);

        result.Refusal!.Code.ShouldBe("body_too_large");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10 * 1024 * 1024);
    }

    [Fact]
    public async Task Broken_gzip_is_told_apart()
    {
        byte[] packed = Gzip.Pack(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000).Select(number => $"{number * 7919}"))));
        byte[] corrupt = [.. packed];
        corrupt[packed.Length / 2] ^= 0xFF;
        byte[][] broken = [Encoding.UTF8.GetBytes("""{"type":"track"}"""), [], packed[..12], packed[..^20], packed[..^4], packed[..^1], [.. packed, 1], [.. packed, 0, 1], [.. packed, .. packed[..12]], [.. packed, .. packed[..^4]], corrupt];

        foreach (byte[] body in broken)
        {
            BodyResult result = await _bodies.ReadAsync(Request(new MemoryStream(body), body.Length, "gzip"), Max, signature: null);
            result.Refusal.ShouldNotBeNull().Code.ShouldBe("broken_gzip");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(512)]
    public async Task Gzip_of_several_members_with_zeros_behind_is_one_body(int zeros)
    {
        byte[] text = Bytes(300);
        byte[] two = [.. Gzip.Pack(text), .. Gzip.Pack("{}")];
        byte[] packed = [.. two, .. new byte[zeros]];

        await ShouldReadAsync(Request(new MemoryStream(two), two.Length, "gzip"), [.. text, .. "{}"u8]);
        await ShouldReadAsync(Request(new MemoryStream(packed), packed.Length, "gzip"), [.. text, .. "{}"u8]);
    }

    [Fact]
    public async Task A_packed_body_is_unpacked_though_no_header_says_so()
    {
        byte[] packed = Gzip.Pack("{}");

        await ShouldReadAsync(Request(new MemoryStream(packed), packed.Length), "{}"u8.ToArray());
    }

    [Theory]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    public async Task Gzip_has_two_names_in_any_case(string encoding)
    {
        byte[] packed = Gzip.Pack("{}");

        await ShouldReadAsync(Request(new MemoryStream(packed), packed.Length, encoding), "{}"u8.ToArray());
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("")]
    public async Task An_identity_body_is_taken_as_it_is(string encoding) =>
        await ShouldReadAsync(Request(new MemoryStream("{}"u8.ToArray()), 2, encoding), "{}"u8.ToArray());

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br")]
    public async Task Other_encodings_are_refused_with_what_would_be_taken(string encoding)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync("POST", "/api/events", new ByteArrayContent([1, 2, 3]), $"Content-Encoding: {encoding}");

        ((int)response.StatusCode).ShouldBe(415);
        (await response.CodeAsync()).ShouldBe("unsupported_encoding");
        response.Headers.GetValues("Accept-Encoding").ShouldBe(["gzip, identity"]);
    }

    private async Task ShouldReadAsync(HttpRequest request, byte[]? expected)
    {
        BodyResult result = await _bodies.ReadAsync(request, Max, signature: null);

        if (expected is null)
        {
            result.Refusal!.Status.ShouldBe(413);
            result.Refusal.Message.ShouldContain("100000");
        }
        else
        {
            result.Refusal.ShouldBeNull();
            result.Bytes.Span.SequenceEqual(expected).ShouldBeTrue();
        }
    }

    private static HttpRequest Request(Stream body, long? contentLength, string? encoding = null)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Body = body;
        request.ContentLength = contentLength;
        if (encoding is not null)
        {
            request.Headers.ContentEncoding = encoding;
        }

        return request;
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++)
        {
            bytes[index] = (byte)('a' + (index * index % 26));
        }

        return bytes;
    }

    /// <summary>Hands out a few bytes a read, as a slow network does.</summary>
    private sealed class DrippingStream(byte[] bytes, int atOnce) : MemoryStream(bytes, writable: false)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(atOnce, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
