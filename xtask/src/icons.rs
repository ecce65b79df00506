//! Draws the icons of all sizes from two drawings: one with all its detail, one that is still legible at 16 pixels.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::child;
use crate::failure::{Failure, Result};
use crate::repo::Repo;

/// Up to this size the simpler drawing is used.
const SMALL: u32 = 32;

/// `cargo xtask icons`
pub(crate) fn run(repo: &Repo) -> Result<()> {
    let pen = Pen { repo, scratch: repo.tools().join("icons") };
    std::fs::create_dir_all(&pen.scratch).map_err(|error| Failure::file("create", &pen.scratch, &error))?;
    for size in [32, 64, 128, 256, 512, 1024] {
        write(&repo.path(&format!("icons/{size}x{size}.png")), &pen.draw(size)?)?;
    }
    write(&repo.path("icons/128x128@2x.png"), &pen.draw(256)?)?;
    write(&repo.path("icons/icon.ico"), &ico(&pen)?)?;
    write(&repo.path("icons/icon.icns"), &icns(&pen)?)?;
    Ok(())
}

struct Pen<'a> {
    repo: &'a Repo,
    scratch: PathBuf,
}

impl Pen<'_> {
    /// A square PNG with so many pixels on a side.
    fn draw(&self, size: u32) -> Result<Vec<u8>> {
        let drawing = if size <= SMALL { "icons/boardwalk-small.svg" } else { "icons/boardwalk.svg" };
        let out = self.scratch.join(format!("{size}.png"));
        let pixels = size.to_string();
        let mut command = self.repo.command("rsvg-convert");
        command
            .args(["--width", &pixels, "--height", &pixels, "--output"])
            .arg(&out)
            .arg(self.repo.path(drawing));
        child::run(&mut command, Duration::from_secs(60))?;
        std::fs::read(&out).map_err(|error| Failure::file("read", &out, &error))
    }
}

/// Windows: ICONDIR, one ICONDIRENTRY of 16 bytes for each picture, then the pictures as PNG (Windows Vista and later).
fn ico(pen: &Pen<'_>) -> Result<Vec<u8>> {
    let sizes = [16, 24, 32, 48, 64, 256];
    let pictures = sizes.map(|size| pen.draw(size)).into_iter().collect::<Result<Vec<_>>>()?;
    let mut file = vec![0, 0, 1, 0, 6, 0];
    let mut offset = 6 + 16 * length(&[0; 6])?;
    for (size, picture) in sizes.iter().zip(&pictures) {
        // 0 stands for 256.
        let side = u8::try_from(*size).unwrap_or(0);
        // width, height, colours in the palette, reserved, planes (2 bytes), bits per pixel (2 bytes)
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length(picture)?.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += length(picture)?;
    }
    file.extend(pictures.concat());
    Ok(file)
}

/// macOS: `icns`, the length of the file, then for each picture its type, the length of both together, and a PNG.
fn icns(pen: &Pen<'_>) -> Result<Vec<u8>> {
    // The second of a pair is the same picture for screens with twice the density.
    let kinds: [(&[u8; 4], u32); 8] = [
        (b"ic11", 32),
        (b"ic12", 64),
        (b"ic07", 128),
        (b"ic13", 256),
        (b"ic08", 256),
        (b"ic14", 512),
        (b"ic09", 512),
        (b"ic10", 1024),
    ];
    let mut body = Vec::new();
    for (kind, size) in kinds {
        let picture = pen.draw(size)?;
        body.extend(kind);
        body.extend((length(&picture)? + 8).to_be_bytes());
        body.extend(picture);
    }
    let mut file = b"icns".to_vec();
    file.extend((length(&body)? + 8).to_be_bytes());
    file.extend(body);
    Ok(file)
}

fn length(bytes: &[u8]) -> Result<u32> {
    u32::try_from(bytes.len()).map_err(|_| Failure::new("an icon cannot be this big"))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(path, content).map_err(|error| Failure::file("write", path, &error))
}
