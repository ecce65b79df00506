// Every command a front end may call, once: `name(Request) -> Response;`. Nothing else may stand in this file,
// because `src-tauri/build.rs` includes it to learn the names, and each front end expands it into its adapters:
// a missing adapter fails to compile.

/// Calls `$then!` with the whole list of commands.
#[macro_export]
macro_rules! with_commands {
    ($then:ident) => {
        $then! {
            // boards
            boards_list(NoArgs) -> Vec<Board>;
            target_complete(OpenBoard) -> String;
            board_open(OpenBoard) -> Board;
            password_answer(AnswerPassword) -> ();
            password_forget(BoardRef) -> ();
            proxy_answer(AnswerProxy) -> ();
            proxy_decline(QuestionRef) -> ();
            proxy_forget(ProxyRef) -> ();
            certificate_trust(QuestionRef) -> ();
            board_close(BoardRef) -> ();
            board_forget(BoardRef) -> ();
            board_rename(RenameBoard) -> ();
            board_stop(BoardRef) -> ();
            board_reset(ResetBoard) -> ();
            board_info(BoardRef) -> BoardInfo;
            // programs and the terminal
            run_code(RunCode) -> RunOutcome;
            terminal_input(TerminalInput) -> ();
            terminal_credit(TerminalCredit) -> ();
            terminal_save(TerminalSave) -> bool;
            // files, on a board or in the folder
            files_list(PathAt) -> Vec<FileEntry>;
            file_read(PathAt) -> FileText;
            file_write(WriteFile) -> FileVersion;
            file_rename(RenamePath) -> ();
            file_remove(RemovePath) -> ();
            file_copy(CopyPath) -> ();
            folder_create(PathAt) -> ();
            files_space(PlaceRef) -> Space;
            folder_choose(NoArgs) -> Option<Folder>;
            folder_current(NoArgs) -> Option<Folder>;
            // why a board does not connect
            doctor_start(StartDoctor) -> Diagnosis;
            doctor_cancel(DoctorRef) -> ();
            doctor_report(DoctorRef) -> String;
            remedy_apply(ApplyRemedy) -> Option<String>;
            wifi_scan(DoctorRef) -> Vec<WifiNetwork>;
            webrepl_setup(SetUpWebrepl) -> WebreplSetUp;
            // the way to boards on the network
            proxy_choices(NoArgs) -> ProxyChoices;
            proxy_route(ProxyRouteOf) -> ProxyDocument;
            proxy_choose(ChooseProxy) -> ProxyChoices;
            proxy_lan_bypass(SetLanBypass) -> ProxyChoices;
            // the app itself
            op_cancel(OpRef) -> ();
            settings_get(NoArgs) -> Settings;
            settings_set(Settings) -> ();
            about(NoArgs) -> About;
            window_close(NoArgs) -> ();
        }
    };
}
