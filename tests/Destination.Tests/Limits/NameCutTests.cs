using System.Text;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Limits;

public sealed class NameCutTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("😀")]
    public void A_cut_never_breaks_a_character(string character)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, 60)));
        int width = Encoding.UTF8.GetByteCount(character);

        for (int limit = 0; limit <= text.Length + 1; limit++)
        {
            NameCut.OnCharacter(text, limit).ShouldBe(Math.Min(text.Length, limit / width * width));
        }
    }

    [Theory]
    [InlineData("https://x.co/aaaa?q=1", 16, "https://x.co/aaa")]
    [InlineData("https://x.co/aaaa?q=1", 17, "https://x.co/aaaa")]
    [InlineData("https://x.co/aaaa?q=1#f", 19, "https://x.co/aaaa#f")]
    [InlineData("https://x.co/aaaa?q=1#f", 18, "https://x.co/aaaa")]
    [InlineData("https://x.co/#f?not=query", 13, "https://x.co/")]
    [InlineData("https://x.co/%C3%A9", 18, "https://x.co/%C3")]
    [InlineData("https://x.co/%C3%A9", 16, "https://x.co/%C3")]
    [InlineData("https://x.co/%C3%A9", 15, "https://x.co/")]
    [InlineData("https://x.co/%C3%A9", 14, "https://x.co/")]
    [InlineData("https://x.co/100%z", 17, "https://x.co/100%")]
    [InlineData("https://x.co/é", 14, "https://x.co/")]
    [InlineData("https://x.co/%C3#fragment", 16, "https://x.co/%C3")]
    [InlineData("#fragment", 3, "")]
    [InlineData("?query=1", 3, "")]
    [InlineData("%C3%A9", 2, "")]
    [InlineData("aaa%zCx", 5, "aaa%z")]
    [InlineData("aaa%Czx", 5, "aaa%C")]
    public void A_URL_loses_its_query_then_its_fragment_then_its_end(string url, int limit, string expected) =>
        Encoding.UTF8.GetString(NameCut.Url(Encoding.UTF8.GetBytes(url), limit)).ShouldBe(expected);

    [Fact]
    public void Bytes_that_begin_no_character_are_cut_away() => NameCut.OnCharacter([0x80, 0x80, 0x80], 2).ShouldBe(0);

    [Fact]
    public void Whatever_the_URL_it_fits_and_is_well_formed() =>
        SomeJson.Texts.Holds(text =>
        {
            byte[] url = Encoding.UTF8.GetBytes($"https://x.co/{text}?{text}%C3%A9#{text}");
            for (int limit = 1; limit < url.Length; limit++)
            {
                byte[] cut = NameCut.Url(url, limit);
                cut.Length.ShouldBeLessThanOrEqualTo(limit);
                System.Text.Unicode.Utf8.IsValid(cut).ShouldBeTrue();
            }
        });
}
