//! What shuts a program in, as far as the platform has it.
//!
//! | | Linux | other Unix | Windows |
//! |---|---|---|---|
//! | address space | limited | limited where the system heeds it | — |
//! | processes | none can be started | none can be started, except as root | — |
//! | files | written in its own folder only, read there and in the system's libraries | — | — |
//! | network, signals, changes to the system | refused | — | — |
//!
//! On Linux files are the business of Landlock (kernel 5.13 and later), everything else of a seccomp filter. The
//! only unsafe code of the crate is here.

use std::io;
use std::path::Path;
use std::process::{Child, Command};

/// Prepares a command whose program may write to `scratch` alone and take `memory` bytes of address space.
#[cfg(unix)]
#[expect(unsafe_code, reason = "limits have to be set between fork and exec; see the argument below")]
pub(super) fn confine(command: &mut Command, file: &Path, scratch: &Path, memory: u64) -> io::Result<()> {
    use std::os::unix::process::CommandExt as _;

    command.process_group(0);
    #[cfg(target_os = "linux")]
    let mut walls = linux::Walls::new(file, scratch)?;
    #[cfg(not(target_os = "linux"))]
    let _ = (file, scratch);
    let shut_in = move || {
        limit(libc::RLIMIT_AS, memory)?;
        // What is written is limited too: a disk is as easily filled as memory.
        limit(libc::RLIMIT_FSIZE, memory)?;
        limit(libc::RLIMIT_CORE, 0)?;
        #[cfg(not(target_os = "linux"))]
        limit(libc::RLIMIT_NPROC, 0)?;
        #[cfg(target_os = "linux")]
        walls.close()?;
        Ok(())
    };
    // SAFETY: between `fork` and `exec` only the forking thread exists, so that code there must neither wait for
    // locks of other threads nor allocate. Everything that allocates (rules, filters, open folders) was made above;
    // `shut_in` calls `setrlimit`, `prctl`, `landlock_restrict_self`, `seccomp` and `close`, which are system calls
    // on memory of their own. Errors are made of error numbers, which does not allocate either.
    unsafe { command.pre_exec(shut_in) };
    Ok(())
}

/// What cells that run here are not kept from although they are elsewhere.
pub(super) fn missing() -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    return (!linux::has_landlock())
        .then_some("this kernel has no Landlock: Rust cells can read your files, and write them");
    #[cfg(not(target_os = "linux"))]
    return Some("on this system Rust cells are not kept from your files and the network");
}

/// Without a Unix there are no limits but those of time and output.
#[cfg(not(unix))]
pub(super) fn confine(_: &mut Command, _: &Path, _: &Path, _: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library does not set limits")]
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = libc::rlimit { rlim_cur: most as libc::rlim_t, rlim_max: most as libc::rlim_t };
    // SAFETY: the pointer is to a whole `rlimit` that lives until the call returns.
    let done = unsafe { libc::setrlimit(resource, &raw const most) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What glibc counts limits by, and others.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
type Resource = libc::__rlimit_resource_t;
#[cfg(all(unix, not(all(target_os = "linux", target_env = "gnu"))))]
type Resource = libc::c_int;

/// Ends a program and everything in its process group.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library ends single processes only")]
pub(super) fn kill(child: &mut Child) {
    if let Ok(id) = libc::pid_t::try_from(child.id()) {
        // SAFETY: `kill` takes numbers. The group was made for this child, which has not been waited for by anyone
        // who could have let its number go to another: at worst the group is gone, and the call fails.
        unsafe { libc::kill(-id, libc::SIGKILL) };
    }
    // It may have ended already.
    drop(child.kill());
}

/// Ends a program.
#[cfg(not(unix))]
pub(super) fn kill(child: &mut Child) {
    // It may have ended already.
    drop(child.kill());
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::io;
    use std::path::Path;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
        RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, Scope,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    /// Where a program finds its libraries and what they read.
    const SYSTEM: &[&str] = &[
        "/usr/lib",
        "/usr/lib64",
        "/lib",
        "/lib64",
        "/nix/store",
        "/gnu/store",
        "/etc/ld.so.cache",
        "/etc/ld.so.preload",
        "/proc",
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/dev/urandom",
        "/dev/random",
        "/dev/zero",
    ];

    /// What is refused outright: other processes, the network, and whatever changes the system or a file that Landlock
    /// does not watch over.
    const REFUSED: &[libc::c_long] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_tgkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_send_signal,
        libc::SYS_pidfd_getfd,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_setrlimit,
        libc::SYS_setpriority,
        libc::SYS_sched_setaffinity,
        libc::SYS_setsid,
        libc::SYS_setpgid,
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        libc::SYS_fchown,
        libc::SYS_fchownat,
        libc::SYS_utimensat,
        libc::SYS_setxattr,
        libc::SYS_lsetxattr,
        libc::SYS_fsetxattr,
        libc::SYS_removexattr,
        libc::SYS_lremovexattr,
        libc::SYS_fremovexattr,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_move_mount,
        libc::SYS_open_tree,
        libc::SYS_fsopen,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_clock_adjtime,
        libc::SYS_adjtimex,
        libc::SYS_sethostname,
        libc::SYS_setdomainname,
        libc::SYS_acct,
        libc::SYS_quotactl,
        libc::SYS_userfaultfd,
        libc::SYS_open_by_handle_at,
        libc::SYS_mq_open,
        libc::SYS_shmget,
        libc::SYS_msgget,
        libc::SYS_semget,
    ];

    /// Those that only the older architecture has.
    #[cfg(target_arch = "x86_64")]
    const REFUSED_HERE: &[libc::c_long] = &[
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_lchown,
        libc::SYS_utime,
        libc::SYS_utimes,
        libc::SYS_futimesat,
        libc::SYS_ioperm,
        libc::SYS_iopl,
        libc::SYS_modify_ldt,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    const REFUSED_HERE: &[libc::c_long] = &[];

    /// Newer than the list of the library: `fchmodat2` has one number everywhere.
    const FCHMODAT2: libc::c_long = 452;

    /// A second numbering of the same calls, which a kernel may have beside the first.
    #[cfg(target_arch = "x86_64")]
    const OTHER_NUMBERS: Option<i64> = Some(0x4000_0000);
    #[cfg(not(target_arch = "x86_64"))]
    const OTHER_NUMBERS: Option<i64> = None;

    /// Rules that are made before the program starts and take hold once it exists.
    pub(super) struct Walls {
        files: Option<RulesetCreated>,
        calls: Vec<BpfProgram>,
    }

    impl Walls {
        pub(super) fn new(file: &Path, scratch: &Path) -> io::Result<Self> {
            let files = files(file, scratch).map_err(io::Error::other)?;
            Ok(Self { files: Some(files), calls: calls().map_err(io::Error::other)? })
        }

        /// Takes hold of the process that calls this.
        pub(super) fn close(&mut self) -> io::Result<()> {
            let failed = |_| io::Error::from_raw_os_error(libc::EPERM);
            if let Some(files) = self.files.take() {
                files.restrict_self().map_err(failed)?;
            }
            self.calls.iter().try_for_each(|filter| {
                seccompiler::apply_filter(filter).map_err(|_| io::Error::from_raw_os_error(libc::EPERM))
            })
        }
    }

    /// Whether the kernel can keep a program from files.
    pub(super) fn has_landlock() -> bool {
        let strict = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
        strict.handle_access(AccessFs::from_all(ABI::V1)).and_then(|ruleset| ruleset.create()).is_ok()
    }

    /// As much as the kernel has of: no files but these, no network.
    fn files(file: &Path, scratch: &Path) -> Result<RulesetCreated, landlock::RulesetError> {
        let abi = ABI::V6;
        let ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()?;
        let readable = SYSTEM.iter().map(Path::new).chain([file]);
        let opened = readable.filter_map(|path| PathFd::new(path).ok());
        let read = opened.map(|path| PathBeneath::new(path, AccessFs::from_read(abi)));
        let own = PathFd::new(scratch).ok().map(|path| PathBeneath::new(path, AccessFs::from_all(abi)));
        let nothing = PathFd::new("/dev/null")
            .ok()
            .map(|path| PathBeneath::new(path, AccessFs::ReadFile | AccessFs::WriteFile));
        ruleset.add_rules(read.chain(own).chain(nothing).map(Ok::<_, landlock::RulesetError>))
    }

    fn calls() -> Result<Vec<BpfProgram>, seccompiler::Error> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
        let listed = REFUSED.iter().chain(REFUSED_HERE).chain([&FCHMODAT2]);
        listed.for_each(|call| _ = rules.insert(*call, Vec::new()));
        // A thread is a process that shares everything; all others are refused.
        let thread = libc::CLONE_THREAD as u64;
        let condition = |argument, operator, value| {
            SeccompCondition::new(argument, SeccompCmpArgLen::Qword, operator, value)
        };
        let no_thread = condition(0, SeccompCmpOp::MaskedEq(thread), 0)?;
        rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![no_thread])?]);
        // Limits may be read, not set.
        let sets = condition(2, SeccompCmpOp::Ne, 0)?;
        rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![sets])?]);
        // The flags of `clone3` lie where a filter cannot see them. Told that there is no such call, the C library takes `clone`.
        let no_such_call = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        let programs = [(rules, libc::EPERM), (no_such_call, libc::ENOSYS)];
        programs.into_iter().map(|(rules, error)| program(rules, error)).collect()
    }

    fn program(
        mut rules: BTreeMap<i64, Vec<SeccompRule>>,
        error: libc::c_int,
    ) -> Result<BpfProgram, seccompiler::Error> {
        if let Some(shift) = OTHER_NUMBERS {
            let others: Vec<_> = rules.iter().map(|(call, rules)| (call + shift, rules.clone())).collect();
            rules.extend(others);
        }
        let arch = std::env::consts::ARCH.try_into()?;
        let filter =
            SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(error as u32), arch)?;
        Ok(filter.try_into()?)
    }
}
