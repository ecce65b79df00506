//! Folders: making, renaming, removing.

use boardwalk_protocol::literal::string;

use crate::error::{DeviceError, Missing};
use crate::info::Capabilities;
use crate::line::{Exec, Line, Sink, Typing, within};

use super::list::stat;
use super::path::name;
use super::scripts::scoped;
use super::write::about_folder;

/// Removing a large tree erases much flash.
const REMOVE: std::time::Duration = std::time::Duration::from_secs(120);

pub(super) async fn make_folder(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    parents: bool,
) -> Result<(), DeviceError> {
    if !caps.folders() {
        return Err(DeviceError::Unsupported(Missing::Folders));
    }
    if !parents {
        return match stat(line, caps, path).await {
            Ok(_) => Err(DeviceError::Exists { path: path.to_owned() }),
            Err(DeviceError::NotFound { .. }) => {
                let made = line.ask(&scoped(&format!("os.mkdir({})\n", string(path))), path).await;
                made.map(|_| ()).map_err(|error| about_folder(error, path))
            }
            Err(error) => Err(error),
        };
    }
    let script = format!(
        "\
p=''
for n in {}.split('/'):
 p+=n
 if n:
  try:
   if not os.stat(p)[0]&16384:raise OSError(20)
  except OSError as e:
   if e.args[0]!=2:raise
   os.mkdir(p)
 p+='/'
",
        string(path)
    );
    line.ask(&scoped(&script), path).await.map(|_| ())
}

pub(super) async fn rename(
    line: &mut Line,
    caps: &Capabilities,
    from: &str,
    to: &str,
    overwrite: bool,
) -> Result<(), DeviceError> {
    if !caps.os("rename") {
        return Err(DeviceError::Unsupported(Missing::Rename));
    }
    let source = stat(line, caps, from).await?;
    match stat(line, caps, to).await {
        Ok(target) if from != to && (!overwrite || target.folder || source.folder) => {
            return Err(DeviceError::Exists { path: to.to_owned() });
        }
        Ok(_) | Err(DeviceError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    // Only the folder of the new name can be missing now.
    let renamed = line.ask(&scoped(&format!("os.rename({},{})\n", string(from), string(to))), to).await;
    renamed.map(|_| ()).map_err(|error| about_folder(error, to))
}

pub(super) async fn remove(
    line: &mut Line,
    caps: &Capabilities,
    path: &str,
    recursive: bool,
) -> Result<(), DeviceError> {
    if !caps.folders() {
        return line.ask(&scoped(&format!("os.remove({})\n", string(name(path)))), path).await.map(|_| ());
    }
    let stat = stat(line, caps, path).await?;
    if !stat.folder {
        return line.ask(&scoped(&format!("os.remove({})\n", string(path))), path).await.map(|_| ());
    }
    if !recursive {
        return Err(DeviceError::IsAFolder { path: path.to_owned() });
    }
    // A stack of our own: the board's is small. A folder is visited twice: its entries first, then itself.
    let script = format!(
        "\
l=[{}]
while l:
 p=l[-1]
 s=[]
 for e in os.ilistdir(p):
  if e[0]=='.'or e[0]=='..':continue
  q=p+'/'+e[0]
  if e[1]&16384:s.append(q)
  else:os.remove(q)
 if s:l+=s
 else:
  os.rmdir(p)
  l.pop()
",
        string(path)
    );
    let exec = Exec { code: scoped(&script).into(), deadline: within(REMOVE), typing: Typing::Held };
    let mut sink = Sink::Capture { out: Vec::new(), limit: 4096 };
    match line.exec_script(exec, &mut sink).await? {
        Some(exception) => Err(DeviceError::from_exception(exception, path)),
        None => Ok(()),
    }
}
