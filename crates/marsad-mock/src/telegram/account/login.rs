//! Logging in, as far as codes go.

use grammers_tl_types::{Deserializable, Serializable, enums, functions, types};

use super::{Account, Refused, as_call};

/// What Telegram said: ask there.
const HASH: &str = "of the code that was sent";

#[derive(Debug, Default)]
pub(super) struct State {
    /// Number and code of the one account that there is.
    account: Option<(String, String)>,
    is_logged_out: bool,
}

impl Account {
    /// Lets one number in with one code.
    pub fn set_login(&self, phone: &str, code: &str) {
        self.inner().login.account = Some((phone.to_owned(), code.to_owned()));
    }

    /// Whether somebody logged out.
    pub fn is_logged_out(&self) -> bool {
        self.inner().login.is_logged_out
    }
}

impl State {
    pub(super) fn answer(&mut self, question: &[u8]) -> Option<Result<Vec<u8>, Refused>> {
        let refused = |word: &str| Some(Err((400, word.to_owned())));
        if let Some(call) = as_call::<functions::auth::SendCode>(question) {
            let is_known =
                self.account.as_ref().is_some_and(|(phone, _)| *phone == call.phone_number);
            if !is_known {
                return refused("PHONE_NUMBER_INVALID");
            }
            let sent = types::auth::SentCode {
                r#type: types::auth::SentCodeTypeApp { length: 5 }.into(),
                phone_code_hash: HASH.to_owned(),
                next_type: None,
                timeout: None,
            };
            return Some(Ok(enums::auth::SentCode::Code(sent).to_bytes()));
        }
        if let Some(call) = as_call::<functions::auth::SignIn>(question) {
            let (phone, code) = self.account.clone()?;
            if call.phone_code_hash != HASH || call.phone_number != phone {
                return refused("PHONE_CODE_EXPIRED");
            }
            if call.phone_code.as_deref() != Some(code.as_str()) {
                return refused("PHONE_CODE_INVALID");
            }
            let user = types::User::from_bytes(&[0; 16]).ok()?;
            let welcome = types::auth::Authorization {
                setup_password_required: false,
                otherwise_relogin_days: None,
                tmp_sessions: None,
                future_auth_token: None,
                user: enums::User::User(user),
            };
            return Some(Ok(enums::auth::Authorization::Authorization(welcome).to_bytes()));
        }
        if as_call::<functions::auth::LogOut>(question).is_some() {
            self.is_logged_out = true;
            let goodbye = types::auth::LoggedOut { future_auth_token: None };
            return Some(Ok(enums::auth::LoggedOut::Out(goodbye).to_bytes()));
        }
        None
    }
}
