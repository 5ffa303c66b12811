//! What is asked, what is refused, what is remembered.

use marsad_capture::{Account as Settings, Answer, Heard, Look, Memory, Plan, RpcError};
use marsad_mock::telegram::account::Account;
use marsad_mock::telegram::{Draft, OldName, Status};
use marsad_mock::{FaultKind, Faults};

use crate::desk::{BEGIN, Run, drive, places, visit_of, world};

const CHANNEL: &str = "1900000001";
const LATE: i64 = BEGIN + 1_000_000_000;

fn run(account: &Account, memory: &Memory, plan: Plan, now_ms: i64) -> Run {
    let visit = visit_of("telegram:coastweather", &places(false), memory, plan);
    drive(account, visit, (now_ms, None))
}

fn recheck(posts: usize) -> Plan {
    Plan { check: false, follow: false, backfill: 0, recheck: posts, remember: 100 }
}

#[test]
fn a_channel_is_read_whole_and_then_only_what_is_new() {
    let telegram = world(250);
    let account = Account::new(telegram.clone());
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    assert_eq!(first.look(), &Look::Saw);
    assert!(first.memory.is_whole && first.outcome.as_ref().unwrap().followed);
    assert_eq!(first.asked[0], "contacts.resolveUsername?name=coastweather");
    assert_eq!(first.asked[1], format!("channels.getFullChannel?channel={CHANNEL}"));
    let history = format!("messages.getHistory?channel={CHANNEL}");
    assert_eq!(first.asked[2], format!("{history}&offset_id=0&min_id=0&limit=100"));
    let truth = telegram.truth();
    assert_eq!(first.kept.posts.len(), truth.posts.len());
    for post in &truth.posts {
        let read = &first.kept.posts[&(CHANNEL.to_owned(), post.post.clone())];
        assert_eq!(read.as_slice(), [post.versions[0].text.clone()]);
    }
    assert_eq!(first.kept.problems, Vec::<String>::new());
    let full = first.kept.channels.iter().find(|seen| seen.description.is_some()).unwrap();
    assert_eq!((full.subscribers, full.handle.as_deref()), (Some(15_231), Some("coastweather")));
    assert_eq!(first.memory.recent.len(), 100);

    // The name is never asked for again.
    let newest = first.memory.newest.clone().unwrap();
    telegram.post("coastweather", LATE + 900_000, Draft::text("Fog")).unwrap();
    let next = run(&account, &first.memory, Plan::follow(100), LATE + 1_000_000);
    assert_eq!(next.asked, [format!("{history}&offset_id=0&min_id={newest}&limit=100")]);
    assert_eq!(next.kept.posts.len(), 1);
}

#[test]
fn posts_of_more_than_one_page_are_read_down_to_the_newest_known_and_a_death_loses_none() {
    let telegram = world(10);
    let account = Account::new(telegram.clone());
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    let (newest, looked_at) = (first.memory.newest.clone(), first.memory.looked_at);
    for number in 0..333 {
        let draft = Draft::text(format!("Train {number} is late"));
        telegram.post("coastweather", LATE + 100_000 + number, draft).unwrap();
    }
    let visit = visit_of("telegram:coastweather", &places(false), &first.memory, Plan::follow(100));
    let cut = drive(&account, visit, (LATE + 200_000, Some(2)));
    // Nothing newer is known yet than what reaches without a hole.
    assert_eq!((&cut.memory.newest, cut.memory.looked_at), (&newest, looked_at));
    telegram.post("coastweather", LATE + 250_000, Draft::text("Last")).unwrap();
    let rest = run(&account, &cut.memory, Plan::follow(100), LATE + 300_000);
    let read = cut.kept.posts.keys().chain(rest.kept.posts.keys());
    assert_eq!(read.collect::<std::collections::BTreeSet<_>>().len(), 334);
    assert_eq!(rest.memory.token, None);
    assert!(rest.outcome.unwrap().followed);
}

#[test]
fn edits_are_versions_and_what_is_gone_is_confirmed_by_its_number() {
    let telegram = world(120);
    let account = Account::new(telegram.clone());
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    let posts: Vec<u32> =
        telegram.truth().posts.iter().rev().take(40).map(|p| p.post.parse().unwrap()).collect();
    telegram.edit("coastweather", posts[3], LATE + 500_000, "Hour off").unwrap();
    for gone in [posts[0], posts[7], posts[20]] {
        telegram.delete("coastweather", gone, LATE + 500_000).unwrap();
    }
    let again = run(&account, &first.memory, recheck(100), LATE + 600_000);
    let expected: std::collections::BTreeSet<_> = [posts[0], posts[7], posts[20]]
        .into_iter()
        .map(|id| (CHANNEL.to_owned(), id.to_string()))
        .collect();
    assert_eq!(again.kept.removed, expected);
    let key = (CHANNEL.to_owned(), posts[3].to_string());
    assert_eq!(again.kept.posts[&key], ["Hour off"]);
    assert_eq!(again.memory.recent.len(), 97);
    assert!(again.asked.last().unwrap().starts_with("channels.getMessages?"), "{:?}", again.asked);
    // All three in one question.
    let singles = again.asked.iter().filter(|asked| asked.starts_with("channels.")).count();
    assert_eq!(singles, 1);
}

#[test]
fn what_is_no_public_channel_is_refused_each_with_its_reason_and_nothing_of_it_is_kept() {
    for (status, why) in [
        (Status::Person, "a person's account or a bot"),
        (
            Status::Group { online: 3 },
            "a public group, not a channel; marsad.toml allows those with groups = true under [telegram]",
        ),
    ] {
        let telegram = world(3);
        telegram.set_status("coastweather", BEGIN, status).unwrap();
        let account = Account::new(telegram);
        for plan in [Plan::check(), Plan::everything(100), Plan::follow(100)] {
            let run = run(&account, &Memory::default(), plan, LATE);
            assert_eq!(run.look(), &Look::NotPublic(why.to_owned()));
            assert_eq!(run.asked.len(), 1, "nothing more is asked");
            assert!(run.left_out > 0 && run.kept.channels.is_empty() && run.kept.posts.is_empty());
        }
    }
    for status in [Status::Gone, Status::Private { is_member: true }] {
        let telegram = world(3);
        telegram.set_status("coastweather", BEGIN, status).unwrap();
        let run = run(&Account::new(telegram), &Memory::default(), Plan::check(), LATE);
        assert_eq!(run.look(), &Look::Absent("USERNAME_NOT_OCCUPIED".to_owned()));
    }
}

#[test]
fn a_public_group_is_read_where_settings_say_so_and_its_people_are_numbers() {
    let telegram = world(20);
    telegram.set_status("coastweather", BEGIN, Status::Group { online: 3 }).unwrap();
    let account = Account::new(telegram);
    let plan = Plan::everything(100);
    let visit = visit_of("telegram:coastweather", &places(true), &Memory::default(), plan);
    let run = drive(&account, visit, (LATE, None));
    assert_eq!((run.look(), run.kept.posts.len()), (&Look::Saw, 20));
    assert!(!format!("{:?}", run.memory).contains("Duty"));
}

#[test]
fn a_channel_without_preview_is_read_and_one_that_became_private_is_not_even_by_a_member() {
    let telegram = world(5);
    telegram.set_status("coastweather", BEGIN, Status::PreviewOff).unwrap();
    let account = Account::new(telegram.clone());
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    assert_eq!(first.kept.posts.len(), 5);

    let private = Status::Private { is_member: false };
    telegram.set_status("coastweather", LATE + 100_000, private).unwrap();
    let gone = run(&account, &first.memory, Plan::follow(100), LATE + 200_000);
    assert_eq!(gone.look(), &Look::Absent("CHANNEL_PRIVATE".to_owned()));
    let seen = gone.kept.channels.last().unwrap();
    assert_eq!(seen.status.as_str(), "private");
    assert_eq!(seen.status_cause.as_deref(), Some("CHANNEL_PRIVATE"));

    let private = Status::Private { is_member: true };
    telegram.set_status("coastweather", LATE + 300_000, private).unwrap();
    telegram.post("coastweather", LATE + 310_000, Draft::text("Among us")).unwrap();
    for plan in [Plan::follow(100), Plan::check(), recheck(100)] {
        let kept_out = run(&account, &first.memory, plan, LATE + 400_000);
        assert_eq!(kept_out.look(), &Look::NotPublic("it has no public name".to_owned()));
        assert_eq!((kept_out.asked.len(), kept_out.kept.posts.len()), (1, 0));
        let seen = kept_out.kept.channels.last().unwrap();
        assert_eq!(
            (seen.status.as_str(), &seen.title, &seen.description),
            ("private", &None, &None)
        );
        assert_eq!(kept_out.memory.access, None);
        assert!(kept_out.left_out > 0, "{plan:?}");
    }
}

#[test]
fn a_renamed_channel_is_followed_and_a_name_that_another_took_is_not() {
    let telegram = world(4);
    let account = Account::new(telegram.clone());
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    telegram.rename("coastweather", "seaweather", LATE + 10_000, OldName::Free).unwrap();
    telegram.post("seaweather", LATE + 20_000, Draft::text("Still here")).unwrap();
    let next = run(&account, &first.memory, Plan::follow(100), LATE + 100_000);
    assert_eq!((next.kept.posts.len(), next.memory.handle.as_deref()), (1, Some("seaweather")));

    // Another account: the number is not ours any more, the name gives a new one.
    account.change_account();
    let other = run(&account, &next.memory, Plan::follow(100), LATE + 200_000);
    assert_eq!(other.look(), &Look::Saw);
    assert_eq!(other.asked.len(), 3, "{:?}", other.asked);
    assert_eq!(other.asked[1], "contacts.resolveUsername?name=seaweather");
    assert_ne!(other.memory.access, next.memory.access);

    telegram.rename("seaweather", "oldweather", LATE + 250_000, OldName::Free).unwrap();
    telegram.add_channel("seaweather", "Sea Weather", 3, LATE + 260_000);
    let memory = Memory { access: None, ..other.memory };
    let replaced = run(&account, &memory, Plan::follow(100), LATE + 300_000);
    assert_eq!(replaced.look(), &Look::Replaced("1900000002".to_owned()));
}

#[test]
fn a_session_that_is_not_known_any_more_is_said_and_nothing_is_taken_for_gone() {
    let telegram = world(4);
    let account = Account::new(telegram);
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    account.set_revoked(true);
    let next = run(&account, &first.memory, Plan::follow(100), LATE + 10_000);
    let Look::Failed(why) = next.look() else { panic!("{:?}", next.look()) };
    assert!(why.contains("AUTH_KEY_UNREGISTERED") && why.contains("sources login"), "{why}");
    assert_eq!(next.kept.channels, []);
    assert_eq!((next.asked.len(), &next.memory), (1, &first.memory));
}

#[test]
fn faults_move_no_memory_and_the_same_is_asked_again() {
    let telegram = world(4);
    let account = Account::new(telegram);
    let first = run(&account, &Memory::default(), Plan::everything(100), LATE);
    for kind in [FaultKind::TooMany, FaultKind::Failed(500), FaultKind::Malformed] {
        account.gate().set_faults(Some(Faults::new(1, 1.0).of(&[kind])));
        let run = run(&account, &first.memory, Plan::follow(100), LATE + 10_000_000);
        assert!(matches!(run.look(), Look::Failed(_)), "{kind:?}: {:?}", run.look());
        assert_eq!((run.asked.len(), &run.memory), (3, &first.memory), "{kind:?}");
        assert!(run.kept.posts.is_empty() && run.kept.removed.is_empty());
    }
}

#[test]
fn every_refusal_of_telegrams_has_its_own_end() {
    fn error(code: i32, word: &str) -> Answer {
        let mut body = [&0x2144_ca19_u32.to_le_bytes()[..], &code.to_le_bytes()].concat();
        body.push(u8::try_from(word.len()).unwrap());
        body.extend_from_slice(word.as_bytes());
        body.resize(body.len().next_multiple_of(4), 0);
        Answer { status: RpcError::status_of(&body), headers: Vec::new(), body }
    }
    for (code, word, expected) in [
        (420, "FLOOD_WAIT_31", "again Telegram asks the account to wait 31 s (FLOOD_WAIT_31)"),
        (
            420,
            "FLOOD_PREMIUM_WAIT_5",
            "again Telegram asks the account to wait 5 s (FLOOD_PREMIUM_WAIT_5)",
        ),
        (-503, "Timeout", "again Telegram failed (Timeout)"),
        (500, "RPC_MCGET_FAIL", "again Telegram failed (RPC_MCGET_FAIL)"),
        (
            303,
            "USER_MIGRATE_4",
            "the account belongs to another data centre now (USER_MIGRATE_4); log in again with marsad sources login telegram",
        ),
        (
            401,
            "SESSION_REVOKED",
            "Telegram does not know the account's session any more (SESSION_REVOKED); log in again with marsad sources login telegram",
        ),
        (406, "CHANNEL_PRIVATE", "absent CHANNEL_PRIVATE"),
        (400, "USERNAME_NOT_OCCUPIED", "absent USERNAME_NOT_OCCUPIED"),
        (400, "USERNAME_INVALID", "absent USERNAME_INVALID"),
        (400, "PEER_ID_INVALID", "Telegram does not take the question (PEER_ID_INVALID)"),
    ] {
        let mut visit =
            visit_of("telegram:coastweather", &places(false), &Memory::default(), Plan::check());
        let answer = error(code, word);
        let said = match (visit.hear(&answer, BEGIN), visit.end().look) {
            (Heard::Again(why), _) => format!("again {why}"),
            (_, Look::Absent(cause)) => format!("absent {cause}"),
            (_, Look::Failed(why)) => why,
            other => format!("{other:?}"),
        };
        assert_eq!(said, expected);
        let wait =
            word.contains("FLOOD").then(|| if word.ends_with("31") { 31_000 } else { 5_000 });
        assert_eq!(answer.wait_ms(BEGIN), wait, "{word}");
    }
}

#[test]
fn all_questions_share_one_lane_and_names_are_asked_for_seldom() {
    let account = Settings { may_read_groups: false, per_second: Some(3) };
    let places = marsad_capture::Places { account: Some(account), ..Default::default() };
    let mut name = visit_of("telegram:coastweather", &places, &Memory::default(), Plan::check());
    let ask = name.next().unwrap();
    assert_eq!(
        (ask.lane.as_str(), ask.limit.asks, ask.method),
        ("telegram (account)", 3, "INVOKE")
    );
    assert_eq!(ask.also.unwrap().1.asks, 20);
    let memory = Memory {
        channel: Some(CHANNEL.to_owned()),
        access: Some("5".to_owned()),
        ..Memory::default()
    };
    let mut page = visit_of("telegram:coastweather", &places, &memory, Plan::follow(10));
    let ask = page.next().unwrap();
    assert_eq!((ask.lane.as_str(), ask.also), ("telegram (account)", None));
    assert!(!ask.url.contains("access"), "{}", ask.url);
}
