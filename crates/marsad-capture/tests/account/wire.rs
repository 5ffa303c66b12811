//! The same questions over TCP: MTProto's frames and sealed messages, with a key that both sides have
//! already. (The exchange that makes a key cannot be had here: grammers knows Telegram's public keys
//! alone.)

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use marsad_capture::{
    Ask, Done, Fetcher, Login, LoginError, LoginStep, Memory, Missed, Plan, Session,
};
use marsad_mock::telegram::account::{Account, serve};
use marsad_mock::{FaultKind, Faults, Served};

use crate::desk::{BEGIN, places, visit_of, world};

const KEY: [u8; 256] = [0x3a; 256];
const PATIENCE: Duration = Duration::from_millis(900);

fn session(served: &Served, key: &[u8; 256]) -> Session {
    let written = format!(
        r#"{{"version":1,"api_id":12345,"centre":2,"address":"{}","key":"{}","is_complete":true}}"#,
        served.address(),
        STANDARD.encode(key)
    );
    Session::read(&written).unwrap()
}

fn account() -> (Arc<Account>, Served) {
    let account = Arc::new(Account::new(world(60)));
    let served = serve(account.clone(), KEY, || BEGIN + 1_000_000_000).unwrap();
    (account, served)
}

fn fetcher(session: Session) -> Fetcher {
    let mut fetcher = Fetcher::start("Marsad/test", PATIENCE).unwrap();
    fetcher.log_in(session, PATIENCE).unwrap();
    fetcher
}

fn name() -> Ask {
    visit_of("telegram:coastweather", &places(false), &Memory::default(), Plan::check())
        .next()
        .unwrap()
}

fn asked(fetcher: &mut Fetcher, ask: Ask) -> Done {
    fetcher.send(7, ask);
    fetcher.next(Duration::from_secs(20)).unwrap()
}

#[test]
fn bytes_come_over_the_wire_as_they_were_answered() {
    let (account, served) = account();
    let mut fetcher = fetcher(session(&served, &KEY));
    let mut visit =
        visit_of("telegram:coastweather", &places(false), &Memory::default(), Plan::everything(50));
    let mut asks = 0;
    while let Some(ask) = visit.next() {
        let expected = account.invoke(&ask.body, BEGIN + 1_000_000_000);
        let answer = asked(&mut fetcher, ask).result.unwrap();
        assert!(answer.body == expected.body && answer.status == expected.status);
        visit.hear(&answer, BEGIN);
        asks += 1;
    }
    assert!(asks >= 4, "{asks}");
    // Many numbers make a question that is packed.
    let ids: std::collections::VecDeque<String> = (1..=100).map(|id| id.to_string()).collect();
    let memory = Memory { recent: ids, looked_at: Some(1), ..visit.memory().clone() };
    let recheck = Plan { recheck: 100, remember: 100, ..Plan::check() };
    let mut visit = visit_of(
        "telegram:coastweather",
        &places(false),
        &memory,
        Plan { check: false, ..recheck },
    );
    while let Some(ask) = visit.next() {
        let answer = asked(&mut fetcher, ask).result.unwrap();
        visit.hear(&answer, BEGIN);
    }
    assert_eq!(visit.end().look, marsad_capture::Look::Saw);
}

#[test]
fn a_refusal_comes_as_the_bytes_that_it_is() {
    let (account, served) = account();
    account.gate().set_faults(Some(Faults::new(3, 1.0).of(&[FaultKind::TooMany])));
    let answer = asked(&mut fetcher(session(&served, &KEY)), name()).result.unwrap();
    assert_eq!(answer.status, 420);
    let wait = answer.wait_ms(0).unwrap();
    assert!((1000..=31_000).contains(&wait) && wait % 1000 == 0, "{wait}");
}

#[test]
fn silence_cuts_and_strangers_are_missed_answers_and_the_next_question_gets_a_new_connection() {
    let (account, served) = account();
    let mut fetcher = fetcher(session(&served, &KEY));
    for (kind, expected) in
        [(FaultKind::Silence, Some(Missed::Timeout)), (FaultKind::CutShort, None)]
    {
        account.gate().set_faults(Some(Faults::new(1, 1.0).of(&[kind])));
        let missed = asked(&mut fetcher, name()).result.unwrap_err();
        assert!(expected.is_none_or(|expected| missed == expected), "{kind:?}: {missed}");
        account.gate().set_faults(None);
        assert_eq!(asked(&mut fetcher, name()).result.unwrap().status, 200, "{kind:?}");
    }
    // Another key than the server's.
    let mut stranger = self::fetcher(session(&served, &[0x11; 256]));
    let missed = asked(&mut stranger, name()).result.unwrap_err().to_string();
    assert!(
        missed.contains("does not know the key") && missed.contains("sources login"),
        "{missed}"
    );
    // Nobody there.
    let gone = session(&served, &KEY);
    drop(served);
    let missed = asked(&mut self::fetcher(gone), name()).result.unwrap_err();
    assert!(matches!(missed, Missed::Unreachable(_)), "{missed}");
}

#[test]
fn without_an_account_a_question_of_its_kind_is_missed() {
    let mut fetcher = Fetcher::start("Marsad/test", PATIENCE).unwrap();
    let missed = asked(&mut fetcher, name()).result.unwrap_err();
    assert!(missed.to_string().contains("no connection"), "{missed}");
}

#[test]
fn a_code_lets_in_and_a_wrong_one_does_not() {
    let (account, served) = account();
    account.set_login("+15550100777", "72931");
    let begin = || {
        let known = session(&served, &KEY);
        Login::begin(Some(known), None, (12_345, "hash".to_owned())).unwrap()
    };
    let mut login = begin();
    let refused = login.send_code("+1").unwrap_err().to_string();
    assert!(refused.contains("no phone number"), "{refused}");
    assert_eq!(login.send_code("+15550100777").unwrap().0, "to Telegram's own program");
    let wrong = login.sign_in("11111").unwrap_err();
    assert_eq!(wrong, LoginError::Refused("the code is not the one that was sent".to_owned()));
    assert_eq!(login.sign_in("72931").unwrap(), LoginStep::Done);
    assert!(login.session().is_complete());
    marsad_capture::log_out(login.session()).unwrap();
    assert!(account.is_logged_out());

    account.gate().set_faults(Some(Faults::new(3, 1.0).of(&[FaultKind::TooMany])));
    assert!(matches!(begin().send_code("+15550100777"), Err(LoginError::Wait(1..=31))));
}
