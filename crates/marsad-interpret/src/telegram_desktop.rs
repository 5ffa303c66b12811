//! Telegram Desktop.
use crate::lines::Problems;
pub(crate) fn prepare(
    m: crate::Manifest,
    _head: &[u8],
) -> Result<crate::Manifest, crate::SetupError> {
    Ok(m)
}
pub(crate) fn read(
    _m: &crate::Manifest,
    _i: &mut dyn std::io::BufRead,
    sink: &mut dyn FnMut(crate::Reading),
) {
    let mut r = crate::Reading::default();
    r.problem(1, "telegram-desktop is not read yet");
    sink(r);
}
pub(crate) const CHAT_TYPES: [&str; 10] = [
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "replies",
    "verification_codes",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
];
