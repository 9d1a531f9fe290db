using System.Text;
using CsCheck;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Tests.Text;

public sealed class EmailTextTests
{
    [Theory]
    [InlineData("ada@example.com", true)]
    [InlineData("a@b.c", true)]
    [InlineData("ada@example.com.", false)]
    [InlineData("ada@.com", false)]
    [InlineData("ada@com", false)]
    [InlineData("@example.com", false)]
    [InlineData("ada@@example.com", false)]
    [InlineData("ada @example.com", false)]
    [InlineData("ada\u200b@example.com", false)]
    [InlineData("ada\u00a0@example.com", false)]
    [InlineData("zoé@exämple.com", true)]
    public void An_address_has_one_at_and_a_dot_inside_its_domain(string text, bool isAddress) =>
        EmailShape.Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(isAddress);

    [Theory]
    [InlineData(" ada@example.com\u00a0")]
    [InlineData("\uFEFFada@example.com")]
    [InlineData("ad\u00ADa@exa\u200Dmple.com")]
    [InlineData("mailto:ada@example.com")]
    [InlineData("MAILTO: ada@example.com ")]
    [InlineData("mailto:ada@example.com?subject=Hello%20there")]
    [InlineData("<ada@example.com>")]
    [InlineData("Ada Lovelace <ada@example.com>")]
    [InlineData("\"a<b\" < ada@example.com >")]
    [InlineData("Ada <mailto:ada@example.com>")]
    public void White_space_a_name_and_mailto_around_an_address_are_taken_off(string text)
    {
        EmailText.Read(Utf8Text.Of(text), out Utf8Text address).ShouldBe(EmailReading.Cleaned);

        address.ToString().ShouldBe("ada@example.com");
    }

    [Fact]
    public void Reading_a_cleaned_address_again_changes_nothing() =>
        Gen.Select(SomeJson.Texts, SomeJson.Texts).Holds((before, after) =>
        {
            EmailReading reading = EmailText.Read(Utf8Text.Of($"{before}ada@example.com{after}"), out Utf8Text address);
            if (reading is EmailReading.AsGiven or EmailReading.Cleaned)
            {
                EmailShape.Matches(address.Span).ShouldBeTrue();
                EmailText.Read(address, out Utf8Text again).ShouldBe(EmailReading.AsGiven);
                again.ShouldBe(address);
            }
        });

    [Theory]
    [InlineData("ju\u0308rgen", "jürgen")]
    [InlineData("vie\u0323\u0302t", "việt")]
    [InlineData("\u0308a", "\u0308a")]
    [InlineData("Й", "Й")]
    [InlineData("И\u0306", "Й")]
    public void Letters_and_accents_compose(string text, string composed) => Composition.Compose(text).ShouldBe(composed);
}
