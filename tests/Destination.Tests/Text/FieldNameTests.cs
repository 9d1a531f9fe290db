using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Text;

public sealed class FieldNameTests
{
    [Theory]
    [InlineData("plan", "plan")]
    [InlineData("größe in cm", "größe in cm")]
    [InlineData("topic_123456", "topic_123456")]
    [InlineData("utm_campaign.2026", "utm_campaign.2026")]
    [InlineData("a\u001b[31mred", "a\\u001B[31mred")]
    [InlineData("a\r\nb", "a\\u000D\\u000Ab")]
    [InlineData("\a", "\\u0007")]
    [InlineData("abc\u202Etxt.exe", "abc\\u202Etxt.exe")]
    [InlineData("zero\u200bwidth", "zero\\u200Bwidth")]
    [InlineData("line\u2028end", "line\\u2028end")]
    [InlineData("ada@example.com", "(name of 15 bytes)")]
    [InlineData("mail of zoé@example.com", "(name of 24 bytes)")]
    [InlineData("+1 (555) 867-5309", "(name of 17 bytes)")]
    [InlineData("000-00-0000", "(name of 11 bytes)")]
    [InlineData("card 4111111111111111", "(name of 21 bytes)")]
    [InlineData("x@y", "x@y")]
    [InlineData("", "")]
    public void A_name_is_shown_without_harm(string name, string shown)
    {
        FieldName.Harmless(name).ShouldBe(shown);
        FieldName.Of("traits", Utf8Text.Of(name)).ShouldBe("traits." + shown);
    }

    [Theory]
    [InlineData(120, "")]
    [InlineData(121, "…")]
    public void A_long_name_is_cut_after_120_bytes(int length, string end) =>
        FieldName.Harmless(new string('n', length)).ShouldBe(new string('n', 120) + end);

    [Fact]
    public void A_cut_never_breaks_a_character() => FieldName.Harmless(new string('n', 118) + "😀").ShouldBe(new string('n', 118) + "…");

    [Fact]
    public void Half_a_character_is_shown_as_the_replacement() => FieldName.Harmless("a\ud800b\n").ShouldBe("a\uFFFDb\\u000A");
}
