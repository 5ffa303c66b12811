//! Logging in and out: the only place where a phone number, a code or a password passes, and none
//! of it is kept.

use std::time::Duration;

use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_tl_types::{Deserializable, RemoteCall, enums, functions, types};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::line::{Line, new_key};
use super::session::{Centre, Session};
use crate::{Missed, RpcError};

const PATIENCE: Duration = Duration::from_secs(30);
/// Data centres that send the account on to one another.
const MOVES_MAX: u32 = 3;

/// Why a login does not go on: one sentence, without what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Telegram was not reached.
    #[error("Telegram was not reached: {0}")]
    Missed(#[from] Missed),
    /// Telegram says no.
    #[error("Telegram refuses: {0}")]
    Refused(String),
    /// Telegram asks to wait.
    #[error("Telegram asks to wait {0} s before anything else is tried")]
    Wait(i64),
    /// What came is not understood.
    #[error("{0}")]
    Other(String),
}

/// Where Telegram sent the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(pub String);

/// What a code led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Logged in.
    Done,
    /// The account has a password beside the code; with the hint that its owner wrote.
    Password(Option<String>),
}

/// A login under way.
pub struct Login {
    runtime: Runtime,
    session: Session,
    line: Line,
    api_hash: String,
    phone: String,
    code_hash: String,
}

impl Login {
    /// Goes on with the key of a login that was cut off, or makes one. `at` names another data centre
    /// than Telegram's own.
    ///
    /// # Errors
    /// Telegram is not reached, or what was named is no data centre.
    pub fn begin(
        known: Option<Session>,
        at: Option<&str>,
        (api_id, api_hash): (i32, String),
    ) -> Result<Self, LoginError> {
        let runtime = runtime()?;
        let centre = Centre::first(at).map_err(LoginError::Other)?;
        let session = match known.filter(|session| session.api_id == api_id) {
            Some(session) => session,
            None => Session::new(api_id, centre, within(&runtime, new_key(centre))?),
        };
        let line = within(&runtime, Line::open(&session))?;
        let (phone, code_hash) = (String::new(), String::new());
        Ok(Self { runtime, session, line, api_hash, phone, code_hash })
    }

    /// The session as it is now: to be kept after every step.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Lets Telegram send a code to the owner of this number.
    ///
    /// # Errors
    /// Telegram refuses the number or the application.
    pub fn send_code(&mut self, phone: &str) -> Result<Code, LoginError> {
        phone.clone_into(&mut self.phone);
        let mut moves = 0;
        loop {
            let request = functions::auth::SendCode {
                phone_number: self.phone.clone(),
                api_id: self.session.api_id,
                api_hash: self.api_hash.clone(),
                settings: settings(),
            };
            match self.invoke(&request)? {
                Ok(sent) => return self.sent(sent),
                Err(error) => match moved_to(&error) {
                    Some(centre) if moves < MOVES_MAX => {
                        moves += 1;
                        self.move_to(centre)?;
                    }
                    _ => return Err(refused(&error)),
                },
            }
        }
    }

    fn sent(&mut self, sent: enums::auth::SentCode) -> Result<Code, LoginError> {
        let enums::auth::SentCode::Code(sent) = sent else {
            let why = "Telegram asks for a way of logging in that Marsad does not have; log in once with Telegram's own program";
            return Err(LoginError::Other(why.to_owned()));
        };
        self.code_hash = sent.phone_code_hash;
        Ok(Code(way(&sent.r#type).to_owned()))
    }

    /// The account belongs to another data centre: a key is made there.
    fn move_to(&mut self, number: i32) -> Result<(), LoginError> {
        let unknown = || LoginError::Other(format!("data centre {number} is not known"));
        let centre = Centre::known(number).ok_or_else(unknown)?;
        let key = within(&self.runtime, new_key(centre))?;
        self.session = Session::new(self.session.api_id, centre, key);
        self.line = within(&self.runtime, Line::open(&self.session))?;
        Ok(())
    }

    /// Hands the code over.
    ///
    /// # Errors
    /// The code is wrong or too old, or there is no such account.
    pub fn sign_in(&mut self, code: &str) -> Result<Step, LoginError> {
        let request = functions::auth::SignIn {
            phone_number: self.phone.clone(),
            phone_code_hash: self.code_hash.clone(),
            phone_code: Some(code.to_owned()),
            email_verification: None,
        };
        match self.invoke(&request)? {
            Ok(enums::auth::Authorization::Authorization(_)) => {
                self.session.complete();
                Ok(Step::Done)
            }
            Ok(_) => Err(LoginError::Other(
                "there is no account with this number; make one with Telegram's own program"
                    .to_owned(),
            )),
            Err(error) if error.message == "SESSION_PASSWORD_NEEDED" => {
                Ok(Step::Password(self.password_asked()?.hint))
            }
            Err(error) => Err(refused(&error)),
        }
    }

    fn password_asked(&mut self) -> Result<types::account::Password, LoginError> {
        let asked = self.invoke(&functions::account::GetPassword {})?;
        let enums::account::Password::Password(asked) = asked.map_err(|error| refused(&error))?;
        Ok(asked)
    }

    /// Proves that the password is known, without sending it (SRP).
    ///
    /// # Errors
    /// The password is wrong, or Telegram asks for a proof that is not known here.
    pub fn check_password(&mut self, password: &str) -> Result<(), LoginError> {
        let password = prove(self.password_asked()?, password)?;
        let request = functions::auth::CheckPassword { password };
        self.invoke(&request)?.map_err(|error| refused(&error))?;
        self.session.complete();
        Ok(())
    }

    fn invoke<R: RemoteCall>(
        &mut self,
        request: &R,
    ) -> Result<Result<R::Return, RpcError>, LoginError> {
        invoke(&self.runtime, &mut self.line, request)
    }
}

/// Ends a session at Telegram's.
///
/// # Errors
/// Telegram is not reached, or does not know it.
pub fn log_out(session: &Session) -> Result<(), LoginError> {
    let runtime = runtime()?;
    let mut line = within(&runtime, Line::open(session))?;
    let ended = invoke(&runtime, &mut line, &functions::auth::LogOut {})?;
    ended.map(drop).map_err(|error| refused(&error))
}

fn runtime() -> Result<Runtime, LoginError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| LoginError::Other(format!("cannot ask Telegram: {error}")))
}

fn within<T>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T, Missed>>,
) -> Result<T, LoginError> {
    let done = runtime.block_on(async { timeout(PATIENCE, work).await });
    Ok(done.unwrap_or(Err(Missed::Timeout))?)
}

fn invoke<R: RemoteCall>(
    runtime: &Runtime,
    line: &mut Line,
    request: &R,
) -> Result<Result<R::Return, RpcError>, LoginError> {
    let answer = within(runtime, line.ask(request.to_bytes()))?;
    if let Some(error) = RpcError::read(&answer) {
        return Ok(Err(error));
    }
    let read = R::Return::from_bytes(&answer);
    read.map(Ok).map_err(|_cut| LoginError::Other("Telegram's answer is not understood".to_owned()))
}

fn settings() -> enums::CodeSettings {
    types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    }
    .into()
}

fn way(kind: &enums::auth::SentCodeType) -> &'static str {
    use enums::auth::SentCodeType;
    match kind {
        SentCodeType::App(_) => "to Telegram's own program",
        SentCodeType::Sms(_) | SentCodeType::SmsWord(_) | SentCodeType::SmsPhrase(_) => {
            "by text message"
        }
        SentCodeType::Call(_) | SentCodeType::FlashCall(_) | SentCodeType::MissedCall(_) => {
            "by telephone"
        }
        SentCodeType::EmailCode(_) => "by mail",
        _ => "in a way of its own",
    }
}

fn moved_to(error: &RpcError) -> Option<i32> {
    let words = ["PHONE_MIGRATE_", "NETWORK_MIGRATE_", "USER_MIGRATE_"];
    words.iter().find_map(|word| error.message.strip_prefix(word)?.parse().ok())
}

fn refused(error: &RpcError) -> LoginError {
    let said = match error.message.as_str() {
        "PHONE_NUMBER_INVALID" => "that is no phone number; write it with + and the country",
        "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => "the code is not the one that was sent",
        "PHONE_CODE_EXPIRED" => "the code is too old; begin again",
        "PASSWORD_HASH_INVALID" => "the password is wrong",
        "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" => {
            "MARSAD_TELEGRAM_API_ID and MARSAD_TELEGRAM_API_HASH are not those of an application; my.telegram.org gives them"
        }
        "PHONE_NUMBER_BANNED" => "the number is banned",
        other => other,
    };
    error.wait_s().map_or_else(|| LoginError::Refused(said.to_owned()), LoginError::Wait)
}

/// The proof of a password, by SRP with the parameters that Telegram names.
fn prove(
    asked: types::account::Password,
    password: &str,
) -> Result<enums::InputCheckPasswordSrp, LoginError> {
    use enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow as Known;
    let unknown = || {
        LoginError::Other(
            "Telegram asks for a proof of the password that is not known here".to_owned(),
        )
    };
    let Some(Known(by)) = asked.current_algo else { return Err(unknown()) };
    let (theirs, srp_id) = asked.srp_b.zip(asked.srp_id).ok_or_else(unknown)?;
    if !check_p_and_g(&by.p, &by.g) {
        return Err(unknown());
    }
    let mut ours = vec![0; 256];
    getrandom::fill(&mut ours).map_err(|error| {
        LoginError::Other(format!("the system gives no random numbers: {error}"))
    })?;
    let (m1, a) = calculate_2fa(&by.salt1, &by.salt2, &by.p, &by.g, theirs, ours, password);
    let proof = types::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() };
    Ok(proof.into())
}
